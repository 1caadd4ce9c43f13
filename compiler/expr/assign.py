"""Which types go where: assignability and the common type of two."""

from __future__ import annotations

from compiler.expr.types import (
    ANY,
    DICT,
    FLOAT,
    MESSAGE,
    STR,
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
    optional,
)


def is_assignable(source: Type, target: Type) -> bool:
    """Tell whether every value of `source` may be put where `target` is wanted.

    `any` goes both ways, `int` to `float`, an enum to `str` and to a wider enum, `T` to `T?`. Lists,
    dicts and objects compare part by part, and an object may have more keys than wanted. An untyped `dict`
    counts as any object.
    """
    if source == target or isinstance(source, AnyType) or isinstance(target, AnyType):
        return True
    if isinstance(target, OptionalType):
        if isinstance(source, NullType):
            return True
        inner = source.inner if isinstance(source, OptionalType) else source
        return is_assignable(inner, target.inner)
    if isinstance(source, MessagesType):
        return is_assignable(ListType(MESSAGE), target)
    match target:
        case FloatType():
            return isinstance(source, IntType)
        case StrType():
            return isinstance(source, EnumType)
        case EnumType(values):
            return isinstance(source, EnumType) and set(source.values) <= set(values)
        case ListType(item):
            return isinstance(source, ListType) and is_assignable(source.item, item)
        case MessagesType():
            return isinstance(source, ListType) and is_assignable(source.item, MESSAGE)
        case DictType(key, value):
            return _fits_dict(source, key, value)
        case RecordType():
            return _fits_record(source, target)
        case _:
            return False


def _fits_dict(source: Type, key: Type, value: Type) -> bool:
    if isinstance(source, DictType):
        return is_assignable(source.key, key) and is_assignable(source.value, value)
    if not isinstance(source, RecordType):
        return False
    if not source.fields:
        return True
    names = EnumType(tuple(each.name for each in source.fields))
    return is_assignable(names, key) and all(
        is_assignable(each.read_type, value) for each in source.fields
    )


def _fits_record(source: Type, target: RecordType) -> bool:
    if isinstance(source, DictType):
        return isinstance(source.value, AnyType) and not isinstance(source.key, IntType)
    if not isinstance(source, RecordType):
        return False
    for wanted in target.fields:
        given = source.get(wanted.name)
        if given is None:
            if wanted.required:
                return False
        elif not is_assignable(given.read_type, wanted.read_type):
            return False
    return True


def unify(a: Type, b: Type) -> Type:
    """Return the narrowest type written in this language that takes values of both; `any` if none does."""
    if isinstance(a, EnumType) and isinstance(b, EnumType):
        values = tuple(dict.fromkeys(a.values + b.values))
        return EnumType(values, literal=a.literal and b.literal)
    if isinstance(a, AnyType) or isinstance(b, AnyType):
        return ANY
    if isinstance(a, NullType | OptionalType) or isinstance(b, NullType | OptionalType):
        return _unify_nullable(a, b)
    if isinstance(a, ListType) and isinstance(b, ListType):
        return ListType(unify(a.item, b.item))
    if isinstance(a, DictType) and isinstance(b, DictType):
        key = unify(a.key, b.key)
        return ANY if key == ANY else DictType(key, unify(a.value, b.value))
    if is_assignable(a, b):
        return b
    if is_assignable(b, a):
        return a
    if is_assignable(a, DICT) and is_assignable(b, DICT):
        return DICT
    if isinstance(a, StrType | EnumType) and isinstance(b, StrType | EnumType):
        return STR
    if _is_number(a) and _is_number(b):
        return FLOAT
    return ANY


def _unify_nullable(a: Type, b: Type) -> Type:
    if isinstance(a, NullType):
        return optional(b)
    if isinstance(b, NullType):
        return optional(a)
    inner_a = a.inner if isinstance(a, OptionalType) else a
    inner_b = b.inner if isinstance(b, OptionalType) else b
    return optional(unify(inner_a, inner_b))


def _is_number(type: Type) -> bool:
    return isinstance(type, IntType | FloatType) and not isinstance(type, BoolType)
