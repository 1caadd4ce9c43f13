"""Undoes a build that was cut off while it was writing, with the journal it left."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from compiler.record import dataclass
from compiler.write.lock import only_build
from compiler.write.paths import STATE_FOLDER, Thing, WriteError, is_inner_path, look

STAGE: Final = f"{STATE_FOLDER}/stage"
"""New and old files of a build that is writing: `new/N` and `old/N` for step N of the journal."""
JOURNAL: Final = f"{STAGE}/journal.json"
"""Exists from the moment before the first change to the one after the last."""


@dataclass(frozen=True, slots=True)
class Step:
    """One path that the build changes; `had` tells whether there was a file before."""

    path: str
    had: bool


def write_journal(root: Path, steps: Iterable[Step]) -> None:
    """Write the journal, whole or not at all."""
    data = [{"path": step.path, "had": step.had} for step in steps]
    draft = root / f"{JOURNAL}.draft"
    draft.write_text(json.dumps(data), encoding="utf-8")
    draft.replace(root / JOURNAL)


def was_interrupted(root: Path) -> bool:
    """Whether a build died while it was changing files."""
    return look(root, JOURNAL).thing is Thing.FILE


def recover(folder: Path) -> bool:
    """Give a folder back what it held before a build that was cut off; tell whether there was one.

    Raises:
        WriteError: the folder cannot be written.
    """
    root = folder.resolve()
    try:
        if look(root, STAGE).thing is not Thing.FOLDER:
            return False
        with only_build(root):
            undone = was_interrupted(root)
            if undone:
                roll_back(root)
            else:
                shutil.rmtree(root / STAGE)
            return undone
    except OSError as error:
        raise WriteError.of(error, root) from error


def roll_back(root: Path) -> None:
    """Undo the steps of the journal that were made; may itself be cut off and called again."""
    steps = [(n, step) for n, step in enumerate(_read_journal(root)) if step is not None]
    # What stays in `new` was never put in place: whatever stands there now is not ours to touch.
    made = [(n, step) for n, step in steps if not (root / STAGE / "new" / str(n)).exists()]
    for _, step in made:
        if not step.had and look(root, step.path).thing is Thing.FILE:
            (root / step.path).unlink()
    remove_empty_folders(root, [step.path for _, step in steps if not step.had])
    for number, step in made:
        saved = root / STAGE / "old" / str(number)
        if step.had and saved.is_file():
            (root / step.path).parent.mkdir(parents=True, exist_ok=True)
            saved.replace(root / step.path)
    (root / JOURNAL).unlink()
    shutil.rmtree(root / STAGE)
    remove_empty_folders(root, [f"{STATE_FOLDER}/any"])


def _read_journal(root: Path) -> list[Step | None]:
    """Return the steps; the file may come from anyone, so None stands for paths that leave the folder."""
    try:
        found = json.loads((root / JOURNAL).read_bytes())
        steps = [Step(str(each["path"]), bool(each["had"])) for each in found]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [step if _stays_inside(root, step.path) else None for step in steps]


def _stays_inside(root: Path, path: str) -> bool:
    return is_inner_path(path) and look(root, path).thing is not Thing.LINK


def remove_empty_folders(root: Path, paths: Iterable[str]) -> None:
    """Remove the folders above `paths` that hold nothing any more, or only byte code."""
    for path in paths:
        for parent in list(Path(path).parents)[:-1]:
            folder = root / parent
            if look(root, parent.as_posix()).thing is not Thing.FOLDER:
                continue
            if [each.name for each in folder.iterdir()] == ["__pycache__"]:
                shutil.rmtree(folder / "__pycache__", ignore_errors=True)
            with contextlib.suppress(OSError):
                folder.rmdir()
