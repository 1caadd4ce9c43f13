"""Values of plain scalars under the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema)."""

from __future__ import annotations

import re
from typing import Final

from compiler.syntax.limits import MAX_NUMBER_LENGTH
from compiler.syntax.tree import Value

_WORDS: Final[dict[str, Value]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMBER_START: Final = frozenset("-+.0123456789")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)\Z")


def resolve_plain(text: str) -> Value:
    """Return the value of a plain scalar: null, bool, int, float or the text itself.

    A number of more than `MAX_NUMBER_LENGTH` characters stays text; `is_long_number` tells.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START or len(text) > MAX_NUMBER_LENGTH:
        return text
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if _OCTAL.match(text):
        return int(text, 0)
    if _HEX.match(text):
        return int(text, 0)
    if _INFINITY.match(text):
        return float("-inf" if text[0] == "-" else "inf")
    return float("nan") if _NAN.match(text) else text


def is_long_number(text: str) -> bool:
    """Tell whether a plain scalar is a number that is too long to be read as one."""
    if len(text) <= MAX_NUMBER_LENGTH or text[0] not in _NUMBER_START:
        return False
    return any(pattern.match(text) for pattern in (_INT, _FLOAT, _OCTAL, _HEX))


def resolve_tagged(tag: str, text: str) -> tuple[Value, bool]:
    """Return the value of a scalar with one of the core tags, and whether the tag fits the text.

    Args:
        tag: the short name: `str`, `int`, `float`, `bool` or `null`.
    """
    if tag == "str":
        return text, True
    value = resolve_plain(text)
    if tag == "float" and type(value) is int and _FLOAT.match(text):
        # From the text, because a large integer overflows where a large text gives `inf`.
        return float(text), True
    wanted: dict[str, type] = {"int": int, "float": float, "bool": bool, "null": type(None)}
    return value, type(value) is wanted[tag]
