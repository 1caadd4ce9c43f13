"""String literals of expressions: quotes and escapes."""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.expr.problem import Problem


class StringToken(NamedTuple):
    """The text a literal stands for, and the offset after its closing quote."""

    text: str
    end: int


_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "0": "\0"}
_HEX_ESCAPES = {
    "x": re.compile(r"[0-9a-fA-F]{2}"),
    "u": re.compile(r"[0-9a-fA-F]{4}"),
    "U": re.compile(r"[0-9a-fA-F]{8}"),
}
_LAST_CODE_POINT = 0x10FFFF


def read_string(text: str, start: int) -> StringToken | Problem:
    """Read the literal whose opening quote is at `start`."""
    quote = text[start]
    if text.startswith(quote * 3, start):
        return Problem("AC401", "text in triple quotes", start, start + 3, help="use one quote")
    pieces: list[str] = []
    at = start + 1
    while at < len(text):
        char = text[at]
        if char == quote:
            return StringToken("".join(pieces), at + 1)
        if char == "\\":
            escape = _read_escape(text, at)
            if isinstance(escape, Problem):
                return escape
            pieces.append(escape.text)
            at = escape.end
        else:
            pieces.append(char)
            at += 1
    return Problem("AC401", f"the quote {quote} is never closed", start, start + 1)


def _read_escape(text: str, at: int) -> StringToken | Problem:
    letter = text[at + 1 : at + 2]
    if letter in _SIMPLE_ESCAPES:
        return StringToken(_SIMPLE_ESCAPES[letter], at + 2)
    if letter in _HEX_ESCAPES and (digits := _HEX_ESCAPES[letter].match(text, at + 2)):
        code = int(digits[0], 16)
        if code <= _LAST_CODE_POINT and not 0xD800 <= code <= 0xDFFF:
            return StringToken(chr(code), digits.end())
        return Problem("AC401", f"`{text[at : digits.end()]}` is no character", at, digits.end())
    end = min(at + 2, len(text))
    return Problem(
        "AC401",
        f"unknown escape `{text[at:end]}`",
        at,
        end,
        notes=(r"known escapes: `\n`, `\t`, `\r`, `\0`, `\\`, `\"`, `\'`, `\xhh`, `\uhhhh`",),
        help=r"write `\\` for a backslash",
    )
