"""What a build would do to an output folder: wanted files against the disk and the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from compiler.record import dataclass
from compiler.write.manifest import MANIFEST, Manifest, Wanted, read_manifest, sha256
from compiler.write.paths import Sight, Thing, files_below, look, read_file
from compiler.write.recover import was_interrupted


class Action(StrEnum):
    """What happens to a path."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DELETE = "delete"
    CONFLICT = "conflict"
    """A generated file that was changed by hand (AC901)."""
    FOREIGN = "foreign"
    """Something that agentc has not written stands there (AC903)."""
    KEPT = "kept"
    """A file that is no longer generated but was changed by hand (AC905)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One path of the output folder.

    Args:
        old: the bytes on disk, None when there is no file.
        new: the wanted bytes, None when the file is not wanted.
        note: for `FOREIGN`, what stands there.
    """

    path: str
    action: Action
    kind: str
    old: bytes | None = None
    new: bytes | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All that a build would do to `root`; the manifest is not among `changes`.

    Args:
        was_cut_off: an earlier build died while it was writing: `recover` first.
        other_source: the name of another workflow that the folder was built from, else None.
    """

    root: Path
    changes: tuple[Change, ...]
    manifest: Manifest
    before: Manifest | None
    was_cut_off: bool = False
    other_source: str | None = None

    def having(self, *actions: Action) -> tuple[Change, ...]:
        """Return the changes of these actions, by path."""
        return tuple(change for change in self.changes if change.action in actions)

    @property
    def is_current(self) -> bool:
        """Whether the folder already holds exactly the wanted files."""
        same = self.before is not None and self.manifest.says_the_same(self.before)
        idle = (Action.UNCHANGED, Action.KEPT)
        return same and not self.was_cut_off and len(self.having(*idle)) == len(self.changes)

    def is_blocked(self, *, force: bool = False) -> bool:
        """Whether something stands in the way; `force` gives up changes made by hand."""
        in_the_way = (Action.FOREIGN,) if force else (Action.FOREIGN, Action.CONFLICT)
        return bool(self.having(*in_the_way)) or self.other_source is not None


def changes(wanted: Wanted, folder: Path) -> ChangeSet:
    """Compare a project with a folder, which need not exist; nothing is written.

    Raises:
        WriteError: the folder cannot be read.
    """
    root = folder.resolve()
    manifest = Manifest.of(wanted)
    sight = look(root, MANIFEST)
    before = read_manifest(read_file(root, MANIFEST)) if sight.thing is Thing.FILE else None
    found: list[Change] = []
    if sight.thing not in (Thing.FILE, Thing.MISSING):
        found.append(Change(sight.at, Action.FOREIGN, "manifest", note=_words(sight)))
    leftovers = list(_leftovers(root, wanted, before))
    removed = {change.path for change in leftovers if change.action is Action.DELETE}
    found += leftovers
    for path, file in wanted.files.items():
        found.append(_compare(root, path, file.data, file.kind, before, removed))
    return ChangeSet(
        root,
        tuple(sorted(found, key=lambda change: change.path)),
        manifest,
        before,
        was_interrupted(root),
        _other_source(manifest, before),
    )


def _leftovers(root: Path, wanted: Wanted, before: Manifest | None) -> Iterator[Change]:
    """Yield what earlier builds have written and this one does not want."""
    for path, entry in before.files.items() if before is not None else ():
        if path in wanted.files:
            continue
        sight = look(root, path)
        if sight.thing is Thing.FILE:
            old = read_file(root, path)
            action = Action.DELETE if sha256(old) == entry.sha256 else Action.KEPT
            yield Change(path, action, entry.kind, old)
        elif sight.thing is Thing.LINK and sight.at == path:
            yield Change(path, Action.KEPT, entry.kind)


def _compare(
    root: Path, path: str, new: bytes, kind: str, before: Manifest | None, removed: set[str]
) -> Change:
    sight = look(root, path)
    if sight.thing is Thing.MISSING or _gives_way(root, sight, removed):
        return Change(path, Action.CREATE, kind, None, new)
    if sight.thing is not Thing.FILE:
        return Change(path, Action.FOREIGN, kind, None, new, _words(sight))
    old = read_file(root, path)
    entry = before.files.get(path) if before is not None else None
    if old == new:
        return Change(path, Action.UNCHANGED, kind, old, new)
    if entry is None:
        return Change(path, Action.FOREIGN, kind, old, new, f"`{path}` was not written by agentc")
    action = Action.UPDATE if sha256(old) == entry.sha256 else Action.CONFLICT
    return Change(path, action, kind, old, new)


def _gives_way(root: Path, sight: Sight, removed: set[str]) -> bool:
    """Whether what stands there goes away with files that are deleted: a file for a folder, or back."""
    if sight.thing is Thing.FOLDER:
        return all(path in removed for path in files_below(root, sight.at))
    return sight.thing is Thing.OTHER and sight.at in removed


def _words(sight: Sight) -> str:
    words = {Thing.FOLDER: "a folder", Thing.LINK: "a link"}
    return f"`{sight.at}` is {words.get(sight.thing, 'not a folder')}"


def _other_source(manifest: Manifest, before: Manifest | None) -> str | None:
    """The source of another project in the folder; a source that was only renamed is none."""
    if before is None or before.package == manifest.package:
        return None
    return before.source_name if before.source_name != manifest.source_name else None
