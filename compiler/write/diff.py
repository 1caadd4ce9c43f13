"""Changes as unified diffs, as `git apply` reads them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from compiler.write.changes import Action, Change


def unified_diff(changes: Iterable[Change]) -> str:
    """Return what the changes do to the contents of files."""
    return "".join("".join(_one(change)) for change in changes)


def _one(change: Change) -> Iterator[str]:
    if change.action in (Action.UNCHANGED, Action.KEPT, Action.FOREIGN):
        return
    path = _quoted(change.path)
    try:
        old = (change.old or b"").decode("utf-8")
        new = (change.new or b"").decode("utf-8")
    except UnicodeDecodeError:
        yield f"Binary files a/{path} and b/{path} differ\n"
        return
    source = "/dev/null" if change.old is None else f"a/{path}"
    target = "/dev/null" if change.new is None else f"b/{path}"
    for line in difflib.unified_diff(_lines(old), _lines(new), source, target):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Split at line feeds only: other line ends are content."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def _quoted(path: str) -> str:
    return path if path.isprintable() else path.encode("unicode_escape").decode()
