"""The types of the workflow language, and how they are written."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class AnyType:
    """Not checked: takes every value and goes everywhere."""


@dataclass(frozen=True, slots=True)
class StrType:
    """Text."""


@dataclass(frozen=True, slots=True)
class IntType:
    """A whole number; a bool is not one."""


@dataclass(frozen=True, slots=True)
class FloatType:
    """A number; whole numbers fit."""


@dataclass(frozen=True, slots=True)
class BoolType:
    """True or false."""


@dataclass(frozen=True, slots=True)
class NullType:
    """Only null."""


@dataclass(frozen=True, slots=True)
class EnumType:
    """A text out of a fixed list.

    A string literal has the enum type of just itself, so that it fits every enum with that value; then
    `literal` is set, and the type is shown as `str`.
    """

    values: tuple[str, ...]
    literal: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ListType:
    """A list whose items all have one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class DictType:
    """A mapping with free keys; `key` is `str`, `int` or an enum."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class RecordField:
    """One key of an object; one that is not required may be absent and then reads as null."""

    name: str
    type: Type
    required: bool = True
    description: str = field(default="", compare=False)

    @property
    def read_type(self) -> Type:
        """The type that reading the field gives."""
        return self.type if self.required else optional(self.type)


@dataclass(frozen=True, slots=True)
class RecordType:
    """An object with known keys, a plain dict at run time; `name` is the one given under `types`."""

    name: str | None
    fields: tuple[RecordField, ...]

    def get(self, name: str) -> RecordField | None:
        """Return the field called `name`, or None."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class OptionalType:
    """A value that may be null; build it with `optional`, which keeps it flat."""

    inner: Type


@dataclass(frozen=True, slots=True)
class MessagesType:
    """A chat history: a list of `{role, content}` objects."""


Type: TypeAlias = (
    AnyType
    | StrType
    | IntType
    | FloatType
    | BoolType
    | NullType
    | EnumType
    | ListType
    | DictType
    | RecordType
    | OptionalType
    | MessagesType
)

ANY = AnyType()
STR = StrType()
INT = IntType()
FLOAT = FloatType()
BOOL = BoolType()
NULL = NullType()
MESSAGES = MessagesType()
LIST = ListType(ANY)
DICT = DictType(STR, ANY)
"""What `dict` and `object` without a schema mean."""
MESSAGE = RecordType("message", (RecordField("role", STR), RecordField("content", STR)))
"""One entry of `messages`."""

_SIMPLE: dict[type, str] = {
    AnyType: "any",
    StrType: "str",
    IntType: "int",
    FloatType: "float",
    BoolType: "bool",
    NullType: "null",
    MessagesType: "messages",
}


def optional(inner: Type) -> Type:
    """Return `inner?`; `any`, `null` and what is optional already stay as they are."""
    if isinstance(inner, AnyType | NullType | OptionalType):
        return inner
    return OptionalType(inner)


def show(type: Type) -> str:
    """Write a type as a user writes it; an enum as `enum[a, b]`, a nameless object by its fields."""
    match type:
        case EnumType(values, literal):
            return "str" if literal else f"enum[{', '.join(values)}]"
        case ListType(item):
            return "list" if item == ANY else f"list[{show(item)}]"
        case DictType(key, value):
            return "dict" if type == DICT else f"dict[{show(key)}, {show(value)}]"
        case RecordType(name, fields):
            return name or f"object {{{', '.join(_show_field(each) for each in fields)}}}"
        case OptionalType(inner):
            return f"{show(inner)}?"
        case _:
            return _SIMPLE[type.__class__]


def _show_field(field: RecordField) -> str:
    return f"{field.name}{'' if field.required else '?'}: {show(field.type)}"
