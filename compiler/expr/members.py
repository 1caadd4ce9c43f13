"""What attributes and indexes of a type give, and which place an expression reads."""

from __future__ import annotations

from typing import NamedTuple

from compiler.expr.ast import Attribute, Expr, Index, Literal, Name, StateField
from compiler.expr.scope import STATE, Path, Scope
from compiler.expr.types import (
    ANY,
    MESSAGE,
    STR,
    AnyType,
    DictType,
    EnumType,
    IntType,
    ListType,
    MessagesType,
    RecordType,
    StrType,
    Type,
)


class Member(NamedTuple):
    """The type of `value.name` or `value[index]`, and whether the key may be absent."""

    type: Type
    optional: bool = False


def find_attribute(type: Type, name: str) -> Member | None:
    """Return what `.name` gives on a value of `type` that is not null; None when there is no such thing."""
    match type:
        case AnyType():
            return Member(ANY)
        case RecordType():
            field = type.get(name)
            return Member(field.read_type, not field.required) if field else None
        case DictType(EnumType(values), value):
            return Member(value) if name in values else None
        case DictType(StrType(), value):
            return Member(value)
        case _:
            return None


def find_item(type: Type, index: object) -> Member | None:
    """Return what `[index]` gives where the index is the constant `index`; None when it cannot be."""
    if isinstance(index, str):
        return find_attribute(type, index)
    if not isinstance(index, int) or isinstance(index, bool):
        return None
    match type:
        case AnyType():
            return Member(ANY)
        case ListType(item):
            return Member(item)
        case MessagesType():
            return Member(MESSAGE)
        case StrType() | EnumType():
            return Member(STR)
        case DictType(IntType(), value):
            return Member(value)
        case _:
            return None


def path_of(expr: Expr) -> Path | None:
    """Return the place that a checked expression reads, or None when it computes something."""
    match expr:
        case StateField(name):
            return (STATE, name)
        case Name(id):
            return (id,)
        case Attribute(value, name):
            inner = path_of(value)
            return inner and (*inner, name)
        case Index(value, Literal(index)) if isinstance(index, str | int) and not isinstance(
            index, bool
        ):
            inner = path_of(value)
            return inner and (*inner, index)
        case _:
            return None


def show_path(path: Path) -> str:
    """Write a place as an expression, such as `state.items[0].name`."""
    text = str(path[0])
    for part in path[1:]:
        text += f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]"
    return text


def type_at(path: Path, scope: Scope) -> Type | None:
    """Return the type of the place in `scope`, narrowed; None when it does not exist or may be null before."""
    if path[0] == STATE and len(path) > 1:
        type, done = scope.state.get(str(path[1])), 2
    else:
        type, done = scope.locals.get(str(path[0])), 1
    while type is not None:
        type = scope.narrowed.get(path[:done], type)
        if done == len(path):
            return type
        member = find_item(type, path[done])
        type, done = (member.type if member else None), done + 1
    return None
