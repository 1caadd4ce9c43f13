# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Turns the inputs and outputs of spans into plain data of bounded size."""

import math
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from pathlib import PurePath

from .pii import is_secret_name, redacted

__all__ = ["kept", "redacting"]

LONGEST_TEXT = 100_000  # characters
LONGEST_LIST = 1_000
DEEPEST = 20


def kept(value: object) -> object:
    """Return `value` as data that JSON can hold."""
    return _plain(value, _cut, False, 0)


def redacting(value: object) -> object:
    """Return `value` as data that JSON can hold, with what is personal or secret blanked out."""
    return _plain(value, lambda text: _cut(redacted(text)), True, 0)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT} more characters)"


def _plain(value: object, words: Callable[[str], str], secret: bool, depth: int) -> object:
    if isinstance(value, str):
        return words(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            words(str(key)): (
                "[secret]"
                if secret and isinstance(each, str) and is_secret_name(str(key))
                else _plain(each, words, secret, depth + 1)
            )
            for key, each in value.items()
        }
    if isinstance(value, list | tuple | AbstractSet):
        found = [
            _plain(each, words, secret, depth + 1)
            for each, _ in zip(value, range(LONGEST_LIST), strict=False)
        ]
        more = len(value) - len(found)
        return [*found, f"… ({more} more)"] if more else found
    if isinstance(value, bytes | bytearray):
        return f"({len(value)} bytes)"
    if isinstance(value, PurePath):
        return words(str(value))
    inner = _fields_of(value)
    return words(repr(value)) if inner is None else _plain(inner, words, secret, depth + 1)


def _fields_of(value: object) -> object:
    """Return what an object consists of, None if it does not say."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump()
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if type(value).__name__ == "Overwrite":  # how LangGraph says that a field was set anew
        return getattr(value, "value", None)
    return None
