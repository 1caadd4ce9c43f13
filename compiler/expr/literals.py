"""Whether a plain value, as YAML gives it, fits a type."""

from __future__ import annotations

import json
from collections.abc import Collection

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
from compiler.record import dataclass, replace

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a value, or the part of it at `path`, does not fit.

    `names_key`: the key at the end of `path` is what is wrong, not its value. `near` is the word that was
    probably meant.
    """

    reason: str
    path: tuple[str | int, ...] = ()
    names_key: bool = False
    near: str | None = None

    def __str__(self) -> str:
        """Say all in one line, such as ``at `[2].name`: expected `str`, found the number `3```."""
        meant = f"; did you mean `{self.near}`?" if self.near else ""
        path = self.path[:-1] if self.names_key else self.path
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        at = "".join(steps).removeprefix(".")
        return f"at `{at}`: {self.reason}{meant}" if at else f"{self.reason}{meant}"

    def inside(self, step: str | int) -> Misfit:
        """Return the same of a value that holds this one under `step`."""
        return replace(self, path=(step, *self.path))


def fits(value: object, type: Type) -> str | None:
    """Say in one line why `value` does not fit `type`, the place inside of it included.

    Returns None when it fits. Values are text, numbers, bools, None, lists and dicts.
    """
    found = find_misfit(value, type)
    return None if found is None else str(found)


def find_misfit(value: object, type: Type) -> Misfit | None:
    """Find the first part of `value` that does not fit `type`; None when all of it fits."""
    match type:
        case AnyType():
            return None
        case OptionalType(inner):
            return None if value is None else find_misfit(value, inner)
        case EnumType(values):
            return _in_enum(value, values)
        case ListType(item):
            return _in_list(value, item, type)
        case MessagesType():
            return _in_list(value, MESSAGE, type)
        case DictType(key, item):
            return _in_dict(value, key, item, type)
        case RecordType():
            return _in_record(value, type)
        case _:
            return None if _is_simple(value, type) else _mismatch(value, type)


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


def _in_enum(value: object, values: tuple[str, ...]) -> Misfit | None:
    if value in values and isinstance(value, str):
        return None
    allowed = ", ".join(f"`{each}`" for each in values)
    near = nearest(value, values) if isinstance(value, str) else None
    return Misfit(f"expected one of {allowed}, found {describe(value)}", near=near)


def _in_list(value: object, item: Type, type: Type) -> Misfit | None:
    if not isinstance(value, list | tuple):
        return _mismatch(value, type)
    for index, each in enumerate(value):
        if found := find_misfit(each, item):
            return found.inside(index)
    return None


def _in_dict(value: object, key: Type, item: Type, type: Type) -> Misfit | None:
    if not isinstance(value, dict):
        return _mismatch(value, type)
    for name, each in value.items():
        if found := misfit_of_key(name, key):
            return found
        if found := find_misfit(each, item):
            return found.inside(str(name))
    return None


def misfit_of_key(name: object, type: Type) -> Misfit | None:
    """Say why a key does not fit the type that a dict's keys have."""
    found = find_misfit(name, type)
    if found is None:
        return None
    return Misfit(f"a key does not fit: {found.reason}", (str(name),), True, found.near)


def _in_record(value: object, type: RecordType) -> Misfit | None:
    if not isinstance(value, dict):
        return _mismatch(value, type)
    if found := misfit_of_names(value, type):
        return found
    for field in type.fields:
        if field.name in value and (found := find_misfit(value[field.name], field.read_type)):
            return found.inside(field.name)
    return None


def misfit_of_names(given: Collection[object], type: RecordType) -> Misfit | None:
    """Say which key an object does not have, or which one is missing."""
    names = [field.name for field in type.fields]
    for name in given:
        if name not in names:
            near = nearest(str(name), names)
            return Misfit(f"`{show(type)}` has no key `{name}`", (str(name),), True, near)
    for field in type.fields:
        if field.required and field.name not in given:
            return Misfit(f"the key `{field.name}` is missing")
    return None


def _mismatch(value: object, type: Type) -> Misfit:
    return Misfit(f"expected `{show(type)}`, found {describe(value)}")


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
