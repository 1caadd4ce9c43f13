"""Shows diagnostics in the format that was asked for, and says what they mean for the exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TextIO

import click

from compiler import __version__
from compiler.cli import exits
from compiler.cli.terminal import put, say, wants_colour
from compiler.diagnostics.diagnostic import Diagnostic, Severity
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.diagnostics.render.json import Json

Format = Literal["text", "json", "sarif", "github"]

format_option = click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How findings are shown: for people, as versioned JSON, as SARIF 2.1.0, or as GitHub "
    "annotations.",
)
strict_option = click.option("--strict", is_flag=True, help="Fail on warnings too.")


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one command.

    Args:
        files: the paths that were read, as the user wrote them.
        extra: more members of the JSON envelope.
    """

    diagnostics: Sequence[Diagnostic]
    files: Sequence[str]
    extra: Mapping[str, Json] | None = None

    def show(self, format: Format, *, text_to: Literal["stdout", "stderr"]) -> None:
        """Write the findings; formats for programs go to stdout, the text where the command says."""
        if format == "json":
            from compiler.diagnostics.render.json import render_json

            put(
                render_json(
                    self.diagnostics, version=__version__, files=self.files, extra=self.extra
                )
            )
        elif format == "sarif":
            from compiler.diagnostics.render.sarif import render_sarif

            put(render_sarif(self.diagnostics, version=__version__))
        elif format == "github":
            from compiler.diagnostics.render.github import render_github

            put(render_github(self.diagnostics))
        else:
            self._show_text(text_to)

    def exit_code(self, *, strict: bool = False) -> int:
        """Return what the findings mean: a bug counts before errors, and errors before all else."""
        if any(found.code == "AC999" for found in self.diagnostics):
            return exits.INTERNAL
        return exits.FINDINGS if is_failing(self.diagnostics, strict=strict) else exits.OK

    def _show_text(self, text_to: Literal["stdout", "stderr"]) -> None:
        from compiler.diagnostics.render.text import render_text

        stream: TextIO = sys.stdout if text_to == "stdout" else sys.stderr
        text = render_text(self.diagnostics, colour=wants_colour(stream))
        if not text:
            return
        if text_to == "stdout":
            put(text)
        else:
            say(text.removesuffix("\n"))


def is_failing(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> bool:
    """Whether any finding fails the command."""
    weights = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return any(found.severity in weights for found in diagnostics)


def without_notes(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings that are not mere notes."""
    return tuple(found for found in diagnostics if found.severity is not Severity.NOTE)
