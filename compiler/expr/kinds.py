"""Questions about types that the operator and function rules share."""

from __future__ import annotations

from typing import NamedTuple

from compiler.expr.types import (
    MESSAGE,
    AnyType,
    BoolType,
    DictType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    MessagesType,
    NullType,
    OptionalType,
    RecordType,
    StrType,
    Type,
)


class Mismatch(NamedTuple):
    """Why an operation does not take its operands, and what to write instead."""

    message: str
    help: str | None = None


def is_number(type: Type) -> bool:
    """Tell whether arithmetic may be done on it; `any` may be a number."""
    return isinstance(type, IntType | FloatType | AnyType)


def is_text(type: Type) -> bool:
    """Tell whether it is or may be text."""
    return isinstance(type, StrType | EnumType | AnyType)


def is_object(type: Type) -> bool:
    """Tell whether it is a mapping."""
    return isinstance(type, DictType | RecordType)


def may_be_null(type: Type) -> bool:
    """Tell whether null is among the values of a checked type."""
    return isinstance(type, OptionalType | NullType)


def item_type(type: Type) -> Type | None:
    """Return the type of the items of a list; None when it is no list."""
    if isinstance(type, MessagesType):
        return MESSAGE
    return type.item if isinstance(type, ListType) else None


def is_comparable(a: Type, b: Type) -> bool:
    """Tell whether a value of `a` could ever equal one of `b`; null may be compared with everything."""
    a = a.inner if isinstance(a, OptionalType) else a
    b = b.inner if isinstance(b, OptionalType) else b
    if isinstance(a, AnyType | NullType) or isinstance(b, AnyType | NullType):
        return True
    if is_number(a):
        return is_number(b)
    if is_text(a):
        return is_text(b)
    if isinstance(a, BoolType):
        return isinstance(b, BoolType)
    if is_object(a):
        return is_object(b)
    item_a, item_b = item_type(a), item_type(b)
    return item_a is not None and item_b is not None and is_comparable(item_a, item_b)
