"""Writes a change set: everything is staged first, then put in place; what fails half-way is undone."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from compiler.record import dataclass
from compiler.write.changes import Action, Change, ChangeSet
from compiler.write.lock import only_build
from compiler.write.manifest import MANIFEST
from compiler.write.paths import STATE_FOLDER, Thing, WriteError, look
from compiler.write.recover import (
    JOURNAL,
    STAGE,
    Step,
    remove_empty_folders,
    roll_back,
    was_interrupted,
    write_journal,
)


@dataclass(frozen=True, slots=True)
class _Write:
    """One path: `data` goes there, or, when it is None, what is there goes away."""

    path: str
    data: bytes | None
    had: bool


def apply(change_set: ChangeSet, *, force: bool = False, backup: bool = False) -> tuple[str, ...]:
    """Make the changes; files that already hold what is wanted are not touched.

    Args:
        force: overwrite files that were changed by hand.
        backup: keep a copy of each of these beside it.

    Returns:
        The paths of the copies.

    Raises:
        WriteError: something cannot be written; the folder holds what it held before.
        ValueError: something stands in the way, which the caller must have asked about.
    """
    if change_set.is_blocked(force=force) or change_set.was_cut_off:
        raise ValueError("the changes cannot be made as things stand")
    if change_set.is_current:
        return ()
    copies = list(_backups(change_set)) if force and backup else []
    writes = [*_removals(change_set), *copies, *_placements(change_set)]
    try:
        if look(change_set.root.parent, change_set.root.name).thing is Thing.MISSING:
            _create(change_set.root, writes)
        else:
            _update(change_set.root, writes)
    except OSError as error:
        raise WriteError.of(error, change_set.root) from error
    return tuple(copy.path for copy in copies)


def _removals(change_set: ChangeSet) -> Iterator[_Write]:
    for change in change_set.having(Action.DELETE):
        yield _Write(change.path, None, True)


def _placements(change_set: ChangeSet) -> Iterator[_Write]:
    for change in change_set.having(Action.CREATE, Action.UPDATE, Action.CONFLICT):
        yield _Write(change.path, change.new, change.old is not None)
    had = look(change_set.root, MANIFEST).thing is Thing.FILE
    yield _Write(MANIFEST, change_set.manifest.to_bytes(), had)


def _backups(change_set: ChangeSet) -> Iterator[_Write]:
    for change in change_set.having(Action.CONFLICT):
        yield _Write(_free_name(change_set.root, change), change.old, False)


def _free_name(root: Path, change: Change) -> str:
    name = f"{change.path}.orig"
    count = 1
    while look(root, name).thing is not Thing.MISSING:
        count += 1
        name = f"{change.path}.orig{count}"
    return name


def _create(root: Path, writes: list[_Write]) -> None:
    """Write a folder that does not exist yet beside its place and rename it."""
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{root.name}.", dir=root.parent))
    try:
        for write in writes:
            assert write.data is not None, "there is nothing to remove in a folder that is new"
            path = draft / write.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write.data)
        draft.chmod(0o777 & ~_umask())
        draft.rename(root)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _update(root: Path, writes: list[_Write]) -> None:
    """Stage all files inside the folder, so that they are on its file system, then put them in place."""
    (root / STATE_FOLDER).mkdir(exist_ok=True)
    with only_build(root):
        if was_interrupted(root):
            raise WriteError(f"`{root}`: a build was cut off here: build again")
        try:
            _stage(root, writes)
            write_journal(root, (Step(write.path, write.had) for write in writes))
        except BaseException:
            shutil.rmtree(root / STAGE, ignore_errors=True)
            remove_empty_folders(root, [MANIFEST])
            raise
        try:
            for number, write in enumerate(writes):
                _make(root, number, write)
        except BaseException:
            roll_back(root)
            raise
        (root / JOURNAL).unlink()
        shutil.rmtree(root / STAGE)


def _stage(root: Path, writes: list[_Write]) -> None:
    # What an earlier build left here before it changed anything is worth nothing.
    shutil.rmtree(root / STAGE, ignore_errors=True)
    (root / STAGE / "old").mkdir(parents=True)
    (root / STAGE / "new").mkdir()
    for number, write in enumerate(writes):
        if write.data is None:
            continue
        staged = root / STAGE / "new" / str(number)
        staged.write_bytes(write.data)
        if write.had:
            shutil.copymode(root / write.path, staged)


def _make(root: Path, number: int, write: _Write) -> None:
    path = root / write.path
    saved = root / STAGE / "old" / str(number)
    if write.data is None:
        path.rename(saved)
        remove_empty_folders(root, [write.path])
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if write.had:
        _save(path, saved)
    (root / STAGE / "new" / str(number)).replace(path)


def _save(path: Path, saved: Path) -> None:
    """Keep the old file under a second name, so that its own name never stands for nothing."""
    try:
        saved.hardlink_to(path)
    except OSError:
        shutil.copy2(path, saved)
