"""Diagnostics as GitHub workflow commands, which become annotations of a pull request.

The escapes are those of https://github.com/actions/toolkit, `packages/core/src/command.ts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from compiler.diagnostics.codes import get_code
from compiler.diagnostics.diagnostic import Diagnostic, Severity

# Some lines of a log end at these, and a terminal obeys others.
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one command per line."""
    return "".join(_command(diagnostic) + "\n" for diagnostic in diagnostics)


def _command(found: Diagnostic) -> str:
    properties = {**_place(found), "title": f"{found.code} {get_code(found.code).slug}"}
    text = "\n".join(
        [
            found.message,
            *(f"note: {note}" for note in found.notes),
            *([f"help: {found.help}"] if found.help is not None else []),
        ]
    )
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[found.severity]} {shown}::{_data(text)}"


def _place(found: Diagnostic) -> dict[str, str]:
    """Return the properties of the primary place; columns only within one line, as GitHub wants."""
    if not found.labels:
        return {}
    span = found.labels[0].span
    start = span.source.position(span.start)
    end = span.source.position(max(span.start, span.end - 1))
    place = {"file": span.source.path, "line": str(start.line), "endLine": str(end.line)}
    if start.line == end.line:
        place |= {"col": str(start.column), "endColumn": str(end.column)}
    return place


def _data(text: str) -> str:
    # A file name that is not UTF-8 reaches Python as lone surrogates, which cannot be printed.
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
