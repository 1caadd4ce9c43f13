"""Narrower versions of a type: without null, with fewer values, with a schema filled in."""

from __future__ import annotations

from collections.abc import Collection

from compiler.expr.types import (
    DICT,
    EnumType,
    ListType,
    OptionalType,
    RecordType,
    StrType,
    Type,
    optional,
)


def remove_null(type: Type) -> Type:
    """Return `T` for `T?`, everything else as it is."""
    return type.inner if isinstance(type, OptionalType) else type


def remove_values(type: Type, values: Collection[object]) -> Type:
    """Return an enum without `values`, keeping `?`; other types, and an enum that would be empty, stay."""
    if isinstance(type, OptionalType):
        return optional(remove_values(type.inner, values))
    if not isinstance(type, EnumType):
        return type
    left = tuple(each for each in type.values if each not in values)
    return EnumType(left or type.values, type.literal)


def keep_values(type: Type, values: Collection[object]) -> Type:
    """Return the type of a text or enum known to be one of `values`; other types stay, null goes."""
    type = remove_null(type)
    texts = tuple(dict.fromkeys(each for each in values if isinstance(each, str)))
    if isinstance(type, EnumType):
        left = tuple(each for each in type.values if each in texts)
        return EnumType(left or type.values, type.literal)
    return EnumType(texts, literal=True) if isinstance(type, StrType) and texts else type


def apply_enum(type: Type, values: tuple[str, ...]) -> Type | None:
    """Narrow the `str` in `str`, `str?` or `list[str]` to `values`; None when there is no `str` in it."""
    return _replace(type, StrType(), EnumType(values))


def apply_schema(type: Type, schema: RecordType) -> Type | None:
    """Fill in the `object` in `object`, `object?` or `list[object]`; None when there is no object in it."""
    return _replace(type, DICT, schema)


def _replace(type: Type, old: Type, new: Type) -> Type | None:
    if type == old:
        return new
    if isinstance(type, OptionalType):
        inner = _replace(type.inner, old, new)
        return None if inner is None else optional(inner)
    if isinstance(type, ListType):
        item = _replace(type.item, old, new)
        return None if item is None else ListType(item)
    return None
