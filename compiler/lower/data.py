"""Plain data of the file as values."""

from __future__ import annotations

import json

from compiler.diagnostics.span import Span
from compiler.expr import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    NULL,
    EnumType,
    ListType,
    RecordField,
    RecordType,
    Type,
    unify,
)
from compiler.ir.values import Constant
from compiler.lower.context import Context
from compiler.syntax import Path


def plain_data(ctx: Context, path: Path, data: object) -> Constant:
    """Return plain data of the file as a value of the type it shows."""
    return Constant(json.dumps(data, ensure_ascii=False), data_type(data), ctx.at(path))


def data_type(data: object) -> Type:
    """Return the narrowest type of a plain value, as the expression checker gives it to literals."""
    match data:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return FLOAT
        case str():
            return EnumType((data,))
        case list():
            return list_type([data_type(each) for each in data])
        case dict():
            return mapping_type([(key, data_type(value)) for key, value in data.items()])
        case _:
            return ANY


def list_type(items: list[Type]) -> ListType:
    """Return the type of a list with items of these types."""
    if not items:
        return ListType(ANY)
    common = items[0]
    for each in items[1:]:
        common = unify(common, each)
    return ListType(common)


def mapping_type(entries: list[tuple[object, Type]]) -> Type:
    """Return the type of a mapping with these keys and types of values."""
    if not entries or not all(isinstance(key, str) for key, _ in entries):
        return DICT
    return RecordType(None, tuple(RecordField(str(key), type) for key, type in entries))


def stand_in(span: Span) -> Constant:
    """Return the value in place of one that was reported: it fits everywhere."""
    return Constant("null", ANY, span)


def is_stand_in(value: object) -> bool:
    """Tell whether a value stands in for one that was reported."""
    return isinstance(value, Constant) and value.type == ANY and value.json_text == "null"
