"""Putting a value in quotes, where that certainly gives the text that was meant."""

from __future__ import annotations

from compiler.syntax.complaint import Range
from compiler.syntax.lines import content_end


def quoted(text: str) -> str | None:
    """Return a text in the quotes it does not hold itself, or None when it holds both kinds."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else None


def quote_rest(text: str, start: int) -> tuple[tuple[Range, str], ...]:
    """Return the edit that quotes the rest of the line from `start`, or none when it is not certain.

    A ` #` may start a comment or belong to the text, so a line that holds one gets no edit.
    """
    end = content_end(text, start)
    line_break = text.find("\n", start)
    rest = text[end : len(text) if line_break < 0 else line_break]
    new = quoted(text[start:end])
    return () if rest.strip() or new is None else (((start, end), new),)
