# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Whether a value is of a type, said in the words of the workflow language."""

import types
from collections.abc import Iterator, Mapping
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from typing_extensions import is_typeddict

__all__ = ["found", "is_text", "mismatches", "type_name"]

NAMES: Mapping[object, str] = {type(None): "null", Any: "any", object: "any"}


def is_text(hint: object) -> bool:
    """Return whether values of a type are given as plain text: `str`, one of an enum, or null."""
    if get_origin(hint) is Literal:
        return all(isinstance(choice, str) for choice in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return all(part is type(None) or is_text(part) for part in get_args(hint))
    return hint is str


def type_name(hint: object) -> str:
    """Return a type as the workflow file writes it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in args)
    if origin in (Union, types.UnionType):
        names = [type_name(part) for part in args if part is not type(None)]
        return " or ".join(names) + ("?" if len(names) < len(args) else "")
    if origin in (Annotated, Required, NotRequired):
        return type_name(args[0])
    if origin is not None:
        return f"{type_name(origin)}[{', '.join(type_name(arg) for arg in args)}]"
    return NAMES.get(hint) or str(getattr(hint, "__name__", hint))


def found(value: object) -> str:
    """Return a value and its type, shortened."""
    if value is None:
        return "null"
    shown = repr(value)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"{type_name(type(value))} {shown}"


def mismatches(value: object, hint: object, path: str) -> Iterator[str]:
    """Yield one sentence for each place where `value` does not fit `hint`; `path` names it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Annotated, Required, NotRequired):
        yield from mismatches(value, args[0], path)
    elif origin is Literal:
        if not any(type(value) is type(choice) and value == choice for choice in args):
            yield f"`{path}` is {found(value)}, expected {type_name(hint)}"
    elif origin in (Union, types.UnionType):
        if all(next(mismatches(value, part, path), None) for part in args):
            yield f"`{path}` is {found(value)}, expected {type_name(hint)}"
    elif is_typeddict(hint):
        yield from _record_mismatches(value, hint, path)
    elif not _is_instance(value, origin or hint):
        yield f"`{path}` is {found(value)}, expected {type_name(hint)}"
    elif isinstance(value, list) and args:
        for index, item in enumerate(value):
            yield from mismatches(item, args[0], f"{path}[{index}]")
    elif isinstance(value, dict) and args:
        for key, item in value.items():
            yield from mismatches(key, args[0], f"{path} key {key!r}")
            yield from mismatches(item, args[1], f"{path}.{key}")


def _is_instance(value: object, kind: object) -> bool:
    if kind in (Any, object):
        return True
    if kind is None:
        return value is None
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(kind, type) and isinstance(value, kind)


def _record_mismatches(value: object, hint: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"`{path}` is {found(value)}, expected {type_name(hint)} (an object)"
        return
    fields = get_type_hints(hint)
    required: frozenset[str] = getattr(hint, "__required_keys__", frozenset())
    for name in fields:
        if name in value:
            yield from mismatches(value[name], fields[name], f"{path}.{name}")
        elif name in required:
            yield f"`{path}.{name}` is missing"
    for name in value:
        if name not in fields:
            yield f"`{path}.{name}` is unknown, expected {', '.join(map(str, fields))}"
