"""Python string literals that are safe to paste."""

from __future__ import annotations

import re

_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = re.compile(r"[ !#-\[\]-~]*")


def quote(text: str) -> str:
    """Return a double-quoted Python literal of `text`.

    Printable characters stay; control characters, NUL, lone surrogates, line and paragraph separators and
    invisible or direction-changing characters become escapes, so the literal reads as what it is.
    """
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return f'"{"".join(map(_escape, text))}"'


def _escape(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
