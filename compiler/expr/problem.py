"""One finding inside a piece of text: a code and words, placed by offsets into that text."""

from __future__ import annotations

from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an expression, a template or a type text.

    Args:
        code: a key of the diagnostics registry, such as `AC402`.
        message: lower case, no full stop, names things in backticks.
        start: offset of the first character, counted in the text that was parsed.
        end: offset after the last character.
        notes: further facts.
        help: an edit that mends it, in words.
        near: the one text that, put in place of `[start, end)`, is almost certainly meant.
    """

    code: str
    message: str
    start: int
    end: int
    notes: tuple[str, ...] = ()
    help: str | None = None
    near: str | None = None
