"""Formats generated Python; text that does not parse is a bug and never leaves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from black import Mode


class EmissionError(Exception):
    """A generated file is not valid: a bug of agentc."""


@cache
def _mode() -> Mode:
    from black import Mode
    from black.mode import TargetVersion

    return Mode(target_versions={TargetVersion.PY311}, line_length=100)


def format_python(text: str, path: str) -> str:
    """Return Python text as black writes it.

    Raises:
        EmissionError: the text does not parse.
    """
    from black import format_str
    from black.parsing import InvalidInput

    try:
        compile(text, path, "exec", dont_inherit=True)
        return format_str(text, mode=_mode())
    except (SyntaxError, InvalidInput, ValueError) as error:
        raise EmissionError(f"{path}: {error}\n{text}") from error
