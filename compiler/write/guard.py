"""Output folders that no build may write to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def refusal(folder: Path, wanted: Iterable[str], sources: Iterable[Path]) -> str | None:
    """Return why nothing may be built into `folder`, or None.

    Args:
        wanted: the paths of the files that would be written.
        sources: the workflow file and the files it refers to, which must survive.
    """
    root = folder.resolve()
    try:
        home = Path.home().resolve()
    except RuntimeError:
        home = root.parent
    if root == Path(root.anchor):
        return f"`{folder}` is the root of the file system"
    if root == home or root in home.parents:
        return f"`{folder}` holds your home folder" if root != home else f"`{folder}` is your home"
    if root.exists() and not root.is_dir():
        return f"`{folder}` is not a folder"
    targets = {root / path for path in wanted}
    for source in sources:
        if source.resolve() in targets:
            return f"the build would overwrite `{source}`, which it is made from"
    return None
