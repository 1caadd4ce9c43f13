"""`agentc fmt`: one form for workflow files; what they say does not change."""

from __future__ import annotations

import difflib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli import exits
from compiler.cli.files import replace_text
from compiler.cli.reporting import Report
from compiler.cli.sources import STDIN, analyze, expand, read_stdin
from compiler.cli.terminal import put, say, shown

if TYPE_CHECKING:
    from compiler.api import Analysis

_EPILOG = """\b
Examples:
  agentc fmt flow.yaml
  agentc fmt --check flows/        exits with 1 when a file would change
  agentc fmt --diff flow.yaml
  cat flow.yaml | agentc fmt -
"""


@click.command("fmt", epilog=_EPILOG)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(allow_dash=True),
    metavar="FILE|FOLDER|-...",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
def command(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Format workflow files: indentation and spaces; comments, quotes and the order of keys stay.

    A file that is not valid YAML is refused, and one that cannot be formatted safely is left as it is.
    """
    files = expand(paths)
    if not files:
        raise click.UsageError(f"no workflow files in {', '.join(paths)}")
    stdin = read_stdin() if STDIN in files else None
    code, changed = exits.OK, 0
    for file in files:
        analysis = analyze(file, stdin)
        after = _formatted(file, analysis)
        if after is None or analysis.source is None:
            code = exits.FINDINGS
            continue
        before = analysis.source.text
        changed += after != before
        if diff:
            put(_diff(analysis.source.path, before, after))
        elif check:
            if after != before:
                say(f"would change: {shown(file)}")
        elif file == STDIN:
            put(after)
        elif after != before:
            replace_text(Path(file), after)
    if check and changed:
        say(f"help: {shown(shlex.join(['agentc', 'fmt', *paths]))}")
        return exits.FINDINGS
    if not diff and STDIN not in files:
        say(f"{changed} of {len(files)} file{'s' if len(files) != 1 else ''} changed")
    return code


def _formatted(file: str, analysis: Analysis) -> str | None:
    """Return the formatted text of a file, or report why there is none."""
    from compiler.cli.yaml_format import format_yaml

    broken = [
        found
        for found in analysis.diagnostics
        if found.code.startswith("AC1") and found.severity == "error" or found.code == "AC999"
    ]
    if broken or analysis.source is None:
        Report(broken, [file]).show("text", text_to="stderr")
        return None
    after = format_yaml(analysis.source.text)
    if after is None:
        say(
            f"left as it is: {shown(file)}: its form cannot be changed without changing what it says"
        )
        return analysis.source.text
    return after


def _diff(path: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), path, path
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
