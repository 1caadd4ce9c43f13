"""`agentc check`: every mistake of every file, in one run."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli import exits
from compiler.cli.reporting import (
    Format,
    Report,
    format_option,
    is_failing,
    strict_option,
    without_notes,
)
from compiler.cli.sources import STDIN, analyze, expand, looks_like_workflow, read_stdin
from compiler.cli.terminal import say
from compiler.diagnostics.diagnostic import Diagnostic

_EPILOG = """\b
Examples:
  agentc check flow.yaml
  agentc check flows/ shared.yaml
  agentc check --fix flow.yaml
  agentc check --format sarif . > findings.sarif
  cat flow.yaml | agentc check -

A comment `# agentc: ignore[AC510] reason` silences a finding on its line, or, on a line of its own, on
the next one.
"""


@click.command("check", epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="[FILE|FOLDER|-]...")
@format_option
@strict_option
@click.option("--fix", is_flag=True, help="Make the edits that are certain to be right.")
@click.option("--no-notes", is_flag=True, help="Show errors and warnings only.")
@click.option(
    "--workflows-only",
    is_flag=True,
    help="Pass over named files that do not look like workflows, for hooks that name every YAML file.",
)
def command(
    paths: tuple[str, ...],
    format: Format,
    strict: bool,
    fix: bool,
    no_notes: bool,
    workflows_only: bool,
) -> int:
    """Report every mistake in workflow files, without building anything.

    Folders are searched for YAML files that look like workflows; without arguments this is the current
    folder. Exits with 1 when there are errors.
    """
    files = expand(paths or (".",))
    if workflows_only:
        files = [file for file in files if file == STDIN or looks_like_workflow(Path(file))]
    elif not files:
        raise click.UsageError(f"no workflow files in {', '.join(paths) or 'this folder'}")
    stdin = read_stdin() if STDIN in files else None
    found: list[Diagnostic] = []
    fixed = 0
    for file in files:
        if fix:
            from compiler.cli.fix_file import fix_file

            diagnostics, count = fix_file(file, stdin)
            fixed += count
        else:
            diagnostics = analyze(file, stdin).diagnostics
        found += diagnostics
    shown = without_notes(found) if no_notes else tuple(found)
    report = Report(_once(shown), files)
    # With `--fix -` stdout holds the mended text.
    report.show(format, text_to="stderr" if fix and STDIN in files else "stdout")
    if format == "text":
        _summarise(report, fixed)
    return report.exit_code(strict=strict)


def _once(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Leave out what was found again through a file that several workflows use."""
    return tuple(dict.fromkeys(diagnostics))


def _summarise(report: Report, fixed: int) -> None:
    from compiler.diagnostics.render.text import summary_line

    say(summary_line(report.diagnostics, len(report.files)))
    if fixed:
        say(f"{fixed} fixed")
    fixable = sum(bool(diagnostic.fix) for diagnostic in report.diagnostics)
    if fixable and not fixed:
        say(f"help: `agentc check --fix` mends {fixable} of them")
    if is_failing(report.diagnostics) and report.exit_code() == exits.FINDINGS:
        codes = sorted({found.code for found in report.diagnostics if is_failing([found])})
        say(f"help: `agentc explain {codes[0]}` says more")
