"""One source line as a terminal shows it: tabs, wide and invisible characters, long lines cut."""

from __future__ import annotations

import unicodedata
from typing import Final

from compiler.record import dataclass

MAX_SHOWN: Final = 110
_BEFORE_FOCUS: Final = 40
_TAB: Final = 4
_CUT: Final = "…"
_REPLACEMENT: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line ready for printing.

    Args:
        text: what to print.
        first: index of the first character of the source line that is printed.
        columns: the 0-based screen column of each printed character and of the end after them.
    """

    text: str
    first: int
    columns: tuple[int, ...]

    def column(self, index: int) -> int:
        """Return the screen column of a character of the source line, clamped to what is shown."""
        return self.columns[max(0, min(index - self.first, len(self.columns) - 1))]


def show_line(line: str, focus: int) -> ShownLine:
    """Prepare a source line; a long one is cut to the part around character `focus`."""
    low, high = 0, len(line)
    if len(line) > MAX_SHOWN:
        low = max(0, min(focus - _BEFORE_FOCUS, len(line) - MAX_SHOWN))
        high = low + MAX_SHOWN
    shown: list[str] = [_CUT] if low else []
    columns: list[int] = []
    at = len(shown)
    for character in line[low:high]:
        columns.append(at)
        if character == "\t":
            width = _TAB - at % _TAB
            shown.append(" " * width)
        else:
            width = _width(character)
            shown.append(visible(character))
        at += width
    columns.append(at)
    if high < len(line):
        shown.append(_CUT)
    return ShownLine("".join(shown), low, tuple(columns))


def visible(text: str) -> str:
    """Replace characters that would steer a terminal or reorder the text; line breaks become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in "\r\n":
        return " "
    if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or _reorders(character):
        return _REPLACEMENT
    return character


def _reorders(character: str) -> bool:
    """Tell whether a character changes the writing direction of what follows it."""
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 2
    if unicodedata.category(character) in ("Mn", "Me", "Cf") and not _reorders(character):
        return 0
    return 1
