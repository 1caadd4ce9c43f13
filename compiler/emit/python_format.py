"""Formats generated Python; text that does not parse is a bug and never leaves."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from compiler.emit.runs import format_runs
from compiler.emit.shapes import Shapes

if TYPE_CHECKING:
    from black import Mode


_WIDTH: Final = 100
_LARGE: Final = 4_000
"""Characters from which on a text is worth formatting part by part."""


class EmissionError(Exception):
    """A generated file is not valid: a bug of agentc."""


@cache
def _mode() -> Mode:
    from black import Mode
    from black.mode import TargetVersion

    return Mode(target_versions={TargetVersion.PY311}, line_length=_WIDTH)


@cache
def _shapes() -> Shapes:
    return Shapes(_blacken, _WIDTH)


def _blacken(text: str) -> str:
    return format_runs(text, _WIDTH, _black) if len(text) > _LARGE else _black(text)


def _black(text: str) -> str:
    from black import format_str

    return format_str(text, mode=_mode())


def format_python(text: str, path: str) -> str:
    """Return Python text as black writes it.

    Raises:
        EmissionError: the text does not parse.
    """
    from black.parsing import InvalidInput

    try:
        compile(text, path, "exec", dont_inherit=True)
        found = _shapes().module(text) if len(text) > _LARGE else None
        return _blacken(text) if found is None else found
    except (SyntaxError, InvalidInput, ValueError) as error:
        raise EmissionError(f"{path}: {error}\n{text}") from error
