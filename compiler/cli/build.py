"""`agentc build`: the project of a workflow, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from compiler.cli import exits
from compiler.cli.reporting import Format, Report, format_option, strict_option
from compiler.cli.terminal import put, say
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.render.json import Json
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.cli.project import Project
    from compiler.write import ChangeSet

_EPILOG = """\b
Examples:
  agentc build flow.yaml -o out
  agentc build flow.yaml -o out --diff         what would change
  agentc build flow.yaml -o out --check        for CI: exits with 3 when `out` is not current
  agentc build flow.yaml -o out --watch

Files in the folder that agentc has not written are never touched. A generated file that was changed by
hand is not overwritten unless you say --force; --backup then keeps it as FILE.orig.
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    path: str
    output: str
    level: int
    format: Format
    mode: Literal["write", "check", "diff"]
    strict: bool
    force: bool
    backup: bool
    with_server: bool

    @property
    def options(self) -> tuple[str, ...]:
        """The options that matter for what is generated."""
        level = () if self.level == 1 else (f"-O{self.level}",)
        return (*level, "--with-server") if self.with_server else level


@click.command("build", epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(allow_dash=True))
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    required=True,
    type=click.Path(),
    help="Where the project goes; the folder is made.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 if FOLDER is not current.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@click.option(
    "-O",
    "level",
    type=click.Choice(["0", "1"]),
    default="1",
    show_default=True,
    help="-O0: as the file says; -O1: reorder what nobody can tell apart, to save time.",
)
@click.option(
    "--with-server", is_flag=True, help="Generate the command `serve` even if no trigger needs it."
)
@click.option("--watch", is_flag=True, help="Build again whenever a file changes, until Ctrl-C.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were changed by hand.")
@click.option("--backup", is_flag=True, help="With --force: keep these files as FILE.orig.")
@click.option(
    "--report",
    type=click.Choice(["text", "json"]),
    help="Say what happens to each file, and why it is there: for people on stderr, or as JSON.",
)
@format_option
@strict_option
def command(
    path: str,
    output: str,
    check: bool,
    diff: bool,
    level: str,
    with_server: bool,
    watch: bool,
    force: bool,
    backup: bool,
    report: Literal["text", "json"] | None,
    format: Format,
    strict: bool,
) -> int:
    """Generate the Python project of a workflow.

    Exits with 1 when the workflow has errors, and with 3 when generated files were changed by hand or,
    with --check, are not current.
    """
    if check and diff:
        raise click.UsageError("--check and --diff exclude each other")
    if watch and (check or diff or path == "-"):
        raise click.UsageError("--watch needs a FILE, and writes")
    if backup and not force:
        raise click.UsageError("--backup goes with --force")
    if report == "json":
        format = "json"
    mode: Literal["write", "check", "diff"] = "check" if check else "diff" if diff else "write"
    order = Order(path, output, int(level), format, mode, strict, force, backup, with_server)
    if watch:
        from compiler.cli.watch import watch as keep_building

        return keep_building(lambda: build(order, is_wordy=report is not None))
    return build(order, is_wordy=report is not None)[0]


def build(order: Order, *, is_wordy: bool) -> tuple[int, tuple[Path, ...]]:
    """Build once; return the exit code and the files that the result depends on.

    Args:
        is_wordy: say what happens to each file.
    """
    from compiler.cli.project import make_project

    project = make_project(order.path, order.level, with_server=order.with_server)
    failed = Report(project.diagnostics, [order.path]).exit_code(strict=order.strict)
    if failed or not project.files:
        _show(order, project, [], None)
        return failed, project.sources
    code, found, change_set = write(order, project)
    _show(order, project, found, change_set)
    if order.format == "text" and code == exits.OK and change_set is not None:
        _tell(order, project, change_set, is_wordy=is_wordy)
    return code, project.sources


def write(order: Order, project: Project) -> tuple[int, list[Diagnostic], ChangeSet | None]:
    """Write a project as the order says; return the exit code, what stands in the way, and what changed."""
    from compiler.cli.output import cannot_write, obstacles, stale
    from compiler.write import WriteError, apply, changes, recover, refusal, unified_diff

    folder = Path(order.output)
    wanted = project.wanted()
    refused = refusal(folder, wanted.files, project.sources)
    if refused is not None:
        return exits.FINDINGS, [cannot_write(refused, order.output)], None
    try:
        if order.mode == "write" and recover(folder) and order.format == "text":
            say(f"{order.output}: undid a build that was cut off")
        change_set = changes(wanted, folder)
        found = obstacles(change_set, order.path, order.output, *order.options, force=order.force)
        blocked = change_set.is_blocked(force=order.force)
        if order.mode == "check":
            old = stale(change_set, order.path, order.output, *order.options)
            found += [old] if old is not None else []
            return exits.STALE if blocked or old else exits.OK, found, change_set
        if order.mode == "diff":
            if order.format == "text":
                put(unified_diff(change_set.changes))
            return exits.STALE if blocked else exits.OK, found, change_set
        if blocked:
            return exits.STALE, found, change_set
        for copy in apply(change_set, force=order.force, backup=order.backup):
            say(f"{order.output}: kept your version as `{copy}`")
    except WriteError as error:
        return exits.FINDINGS, [cannot_write(str(error), order.output)], None
    return exits.OK, found, change_set


def _show(
    order: Order, project: Project, found: list[Diagnostic], change_set: ChangeSet | None
) -> None:
    from compiler.cli.output import change_records

    changes = change_records(change_set, project.files) if change_set is not None else []
    built: dict[str, Json] = {
        "package": project.package,
        "output": order.output,
        "changes": changes,
    }
    built["optimizations"] = list(project.done)
    built["optimizer"] = cast(Json, dict(project.optimizer))
    report = Report([*project.diagnostics, *found], [order.path], {"build": built})
    report.show(order.format, text_to="stderr")


def _tell(order: Order, project: Project, change_set: ChangeSet, *, is_wordy: bool) -> None:
    from compiler.cli.output import change_lines, summary

    if is_wordy:
        for line in change_lines(change_set, project.files):
            say(line)
    for sentence in project.done:
        say(f"optimized: {sentence}")
    if order.mode == "write":
        say(summary(change_set, order.output))
    elif order.mode == "check":
        say(f"{order.output}: current")
