"""Whether a plain value, as YAML gives it, fits a type."""

from __future__ import annotations

import json

from compiler.diagnostics.nearest import nearest
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
    show,
)

_SHOWN = 40


def fits(value: object, type: Type) -> str | None:
    """Say why `value` does not fit `type`, such as ``at `[2].name`: expected `str`, found the number `3```.

    Returns None when it fits. Values are text, numbers, bools, None, lists and dicts.
    """
    return _fits(value, type, "")


def _fits(value: object, type: Type, at: str) -> str | None:
    match type:
        case AnyType():
            return None
        case OptionalType(inner):
            return None if value is None else _fits(value, inner, at)
        case EnumType(values):
            return _fits_enum(value, values, at)
        case ListType(item):
            return _fits_list(value, item, type, at)
        case MessagesType():
            return _fits_list(value, MESSAGE, type, at)
        case DictType(key, item):
            return _fits_dict(value, key, item, type, at)
        case RecordType():
            return _fits_record(value, type, at)
        case _:
            return None if _is_simple(value, type) else _mismatch(value, type, at)


def _is_simple(value: object, type: Type) -> bool:
    match type:
        case StrType():
            return isinstance(value, str)
        case BoolType():
            return isinstance(value, bool)
        case IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case NullType():
            return value is None
        case _:
            return False


def _fits_enum(value: object, values: tuple[str, ...], at: str) -> str | None:
    if value in values and isinstance(value, str):
        return None
    allowed = ", ".join(f"`{each}`" for each in values)
    near = nearest(value, values) if isinstance(value, str) else None
    meant = f"; did you mean `{near}`?" if near else ""
    return _placed(f"expected one of {allowed}, found {describe(value)}{meant}", at)


def _fits_list(value: object, item: Type, type: Type, at: str) -> str | None:
    if not isinstance(value, list | tuple):
        return _mismatch(value, type, at)
    for index, each in enumerate(value):
        if reason := _fits(each, item, f"{at}[{index}]"):
            return reason
    return None


def _fits_dict(value: object, key: Type, item: Type, type: Type, at: str) -> str | None:
    if not isinstance(value, dict):
        return _mismatch(value, type, at)
    for name, each in value.items():
        if reason := _fits(name, key, ""):
            return _placed(f"a key does not fit: {reason}", at)
        if reason := _fits(each, item, _inside(at, name)):
            return reason
    return None


def _fits_record(value: object, type: RecordType, at: str) -> str | None:
    if not isinstance(value, dict):
        return _mismatch(value, type, at)
    names = [field.name for field in type.fields]
    for name in value:
        if name not in names:
            near = nearest(str(name), names)
            meant = f"; did you mean `{near}`?" if near else ""
            return _placed(f"`{show(type)}` has no key `{name}`{meant}", at)
    for field in type.fields:
        if field.name in value:
            if reason := _fits(value[field.name], field.read_type, _inside(at, field.name)):
                return reason
        elif field.required:
            return _placed(f"the key `{field.name}` is missing", at)
    return None


def _inside(at: str, name: object) -> str:
    return f"{at}.{name}" if at else str(name)


def _mismatch(value: object, type: Type, at: str) -> str:
    return _placed(f"expected `{show(type)}`, found {describe(value)}", at)


def _placed(reason: str, at: str) -> str:
    return f"at `{at}`: {reason}" if at else reason


def describe(value: object) -> str:
    """Name a plain value for a message: its kind, and the value itself where that is short."""
    match value:
        case None:
            return "`null`"
        case bool():
            return f"the bool `{'true' if value else 'false'}`"
        case str():
            return f"the text `{_short(json.dumps(value, ensure_ascii=False))}`"
        case int() | float():
            return f"the number `{_short(repr(value))}`"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"a value of Python type `{value.__class__.__name__}`"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
