"""What a build finds in the output folder, as diagnostics (AC9xx) and as lines for people."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.diagnostics.diagnostic import Diagnostic, Label
from compiler.diagnostics.render.json import Json
from compiler.diagnostics.span import SourceFile, Span
from compiler.write import Action, Change, ChangeSet

if TYPE_CHECKING:
    from compiler.api import GeneratedFile

_SHOWN = 10


def build_command(path: str, output: str, *options: str) -> str:
    """Return the command line that builds a workflow, ready to be pasted."""
    return shlex.join(["agentc", "build", path, "-o", output, *options])


def obstacles(
    change_set: ChangeSet, path: str, output: str, *options: str, force: bool
) -> list[Diagnostic]:
    """Return what keeps a build from being written: AC901 and AC903, and AC905 for what it leaves.

    Args:
        path: the workflow file as the user wrote it.
        output: the output folder as the user wrote it.
        options: those of the build that matter for what is generated.
    """
    found: list[Diagnostic] = []
    if change_set.other_source is not None:
        message = f"`{output}` holds the project of another workflow, `{change_set.other_source}`"
        help = f"build into another folder, or delete `{output}` first"
        found.append(Diagnostic("AC903", message, (_file(output),), help=help))
    foreign: dict[str, Change] = {}
    for change in change_set.having(Action.FOREIGN):
        foreign.setdefault(change.note, change)
    for note, change in foreign.items():
        found.append(_foreign(note, change, output))
    if not force:
        command = build_command(path, output, *options, "--force", "--backup")
        found += [_edited(c, output, command) for c in change_set.having(Action.CONFLICT)]
    for change in change_set.having(Action.KEPT):
        message = f"`{change.path}` is no longer generated, but was changed by hand, so it stays"
        help = "delete it when you do not need it any more"
        found.append(Diagnostic("AC905", message, (_file(_join(output, change.path)),), help=help))
    return found


def stale(change_set: ChangeSet, path: str, output: str, *options: str) -> Diagnostic | None:
    """Return AC902 when the folder does not hold what a build would write, with the command to run."""
    planned = change_set.having(Action.CREATE, Action.UPDATE, Action.DELETE)
    if change_set.was_cut_off:
        lines = ["a build was cut off while it was writing"]
    elif change_set.is_current or (change_set.is_blocked() and not planned):
        return None
    else:
        lines = [f"to {change.action}: `{change.path}`" for change in planned[:_SHOWN]]
        lines += [f"and {len(planned) - _SHOWN} more files"] if len(planned) > _SHOWN else []
        lines = lines or ["the manifest is that of another version of the workflow file"]
    message = f"what is in `{output}` is not what `{path}` generates"
    help = f"run `{build_command(path, output, *options)}`"
    return Diagnostic("AC902", message, (_file(path),), ("\n".join(lines),), help)


def cannot_write(reason: str, output: str) -> Diagnostic:
    """Return AC904."""
    return Diagnostic("AC904", f"nothing was built: {reason}", (_file(output),))


def summary(change_set: ChangeSet, output: str) -> str:
    """Return a line such as `out: 40 files: 2 updated, 38 unchanged`."""
    words = {
        Action.CREATE: "created",
        Action.UPDATE: "updated",
        Action.CONFLICT: "overwritten",
        Action.DELETE: "deleted",
        Action.UNCHANGED: "unchanged",
    }
    counts = Counter(change.action for change in change_set.changes)
    wanted = sum(change.new is not None for change in change_set.changes)
    shown = [f"{counts[action]} {word}" for action, word in words.items() if counts[action]]
    return f"{output}: {wanted} files: {', '.join(shown)}"


def change_lines(change_set: ChangeSet, files: Mapping[str, GeneratedFile]) -> Iterator[str]:
    """Yield a line for each file: what happens to it, and what it is there for."""
    for change in change_set.changes:
        reason = f", for {files[change.path].reason}" if change.path in files else ""
        yield f"  {change.action}: {change.path} ({change.kind}{reason})"


def change_records(change_set: ChangeSet, files: Mapping[str, GeneratedFile]) -> list[Json]:
    """Return the same for programs."""
    return [
        {
            "path": change.path,
            "action": change.action.value,
            "kind": change.kind,
            "reason": files[change.path].reason if change.path in files else None,
        }
        for change in change_set.changes
    ]


def _foreign(note: str, change: Change, output: str) -> Diagnostic:
    return Diagnostic(
        "AC903",
        f"{note}, and the build needs its place" if note else f"`{change.path}` is in the way",
        (_file(_join(output, change.path)),),
        help="move it away, or build into another folder",
    )


def _edited(change: Change, output: str, command: str) -> Diagnostic:
    return Diagnostic(
        "AC901",
        f"`{change.path}` is generated, but was changed by hand",
        (_first_difference(change, output),),
        notes=("a build would lose the change",),
        help=f"move the change into the workflow or a file of your own, then run `{command}`",
    )


def _first_difference(change: Change, output: str) -> Label:
    """Return the first line that is not what agentc would write there."""
    path = _join(output, change.path)
    try:
        old, new = (change.old or b"").decode(), (change.new or b"").decode()
    except UnicodeDecodeError:
        return _file(path)
    source = SourceFile(path, old)
    wanted = SourceFile("", new)
    line = 1
    while line < source.line_count and source.line_text(line) == wanted.line_text(line):
        line += 1
    start = len("\n".join(old.split("\n")[: line - 1])) + (line > 1)
    return Label(Span(source, start, start + len(source.line_text(line))), "first difference")


def _file(path: str) -> Label:
    return Label(Span(SourceFile(path, ""), 0, 0))


def _join(output: str, path: str) -> str:
    return str(Path(output) / path)
