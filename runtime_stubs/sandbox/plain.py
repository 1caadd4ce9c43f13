# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Plain data as text: how values enter and leave the sandbox, and what is raised in it."""

import json
from types import TracebackType
from typing import Self

__all__ = ["NotPlain", "Raised", "pack", "unpack"]

# JSON objects have string keys only; a mapping with others travels as {PAIRS: [[key, value], …]}.
PAIRS = "\0pairs"
MAX_DEPTH = 100


class NotPlain(ValueError):
    """A value that is not made of None, bool, int, float, str, list and dict."""


class Raised:
    """Keeps what its block raises, whatever that is: the code of others has no other way out."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.error = error
        return True


def pack(value: object, name: str) -> str:
    """Return `value` as text; `name` is what an error calls it."""
    try:
        return json.dumps(_plain(value, name, 0), separators=(",", ":"))
    except ValueError as error:
        if isinstance(error, NotPlain):
            raise
        raise NotPlain(f"`{name}` has a number that is too long to write down") from None


def unpack(text: str | bytes) -> object:
    """Return the value `pack` was given; ValueError or RecursionError if the text is not one."""
    return json.loads(text, object_hook=_restore)


def _plain(value: object, name: str, depth: int) -> object:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if depth > MAX_DEPTH:
        raise NotPlain(f"`{name}` is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{name}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, dict):
        if all(type(key) is str and key != PAIRS for key in value):
            return {key: _plain(item, f"{name}[{key!r}]", depth + 1) for key, item in value.items()}
        return {
            PAIRS: [
                [_plain_key(key, name), _plain(item, f"{name}[{key!r}]", depth + 1)]
                for key, item in value.items()
            ]
        }
    if isinstance(value, (bool, int, float, str)):
        return value
    raise NotPlain(f"`{name}` is a `{type(value).__name__}`, expected plain data{_hint(value)}")


def _plain_key(key: object, name: str) -> object:
    if key is None or isinstance(key, (bool, int, float, str)):
        return key
    raise NotPlain(f"`{name}` has a `{type(key).__name__}` as a key, expected text or a number")


def _hint(value: object) -> str:
    if isinstance(value, (set, frozenset)):
        return ": `sorted(…)` makes a list of it"
    if hasattr(value, "isoformat"):
        return ": `.isoformat()` makes text of it"
    if hasattr(value, "__next__") or isinstance(value, (range, type({}.keys()), type({}.values()))):
        return ": `list(…)` makes a list of it"
    if hasattr(value, "as_integer_ratio"):
        return ": `float(…)` or `str(…)` makes plain data of it"
    if hasattr(value, "__dict__"):
        return " such as a dict"
    return ""


def _restore(mapping: dict[str, object]) -> object:
    pairs = mapping.get(PAIRS)
    if len(mapping) != 1 or not isinstance(pairs, list):
        return mapping
    try:
        return dict(pairs)
    except TypeError:
        raise ValueError("not a mapping") from None
