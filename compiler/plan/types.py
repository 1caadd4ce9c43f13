"""Types of the language as Python annotations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from compiler.expr import (
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
from compiler.plan.imports import Imports
from compiler.plan.names import Names, camel
from compiler.plan.text import Code, literal


class TypeNames:
    """The classes of a package's object types; a nameless one is named after where it is used first."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._classes: dict[RecordType, str] = {}

    def avoid(self, names: Iterable[str]) -> None:
        """Give no class one of these names."""
        self._names.take(names)

    @property
    def classes(self) -> tuple[tuple[RecordType, str], ...]:
        """All object types met so far with their class names, inner ones before those that hold them."""
        return tuple(self._classes.items())

    def class_of(self, record: RecordType, wanted: str) -> str:
        """Return the class name of an object type, inner types registered first."""
        if record not in self._classes:
            name = self._names.new(camel(record.name or wanted))
            for field in record.fields:
                self._register(field.type, f"{name}_{field.name}")
            self._classes[record] = name
        return self._classes[record]

    def _register(self, type: Type, wanted: str) -> None:
        match type:
            case RecordType():
                self.class_of(type, wanted)
            case ListType(inner) | OptionalType(inner) | DictType(_, inner):
                self._register(inner, wanted)
            case _:
                pass


def annotation(
    type: Type, wanted: str, types: TypeNames, imports: Imports, state: str | None
) -> Code:
    """Return the annotation of a type.

    Args:
        wanted: the name a nameless object type gets when it is met here first.
        state: the module that holds the object types' classes, None inside of it.
    """

    def write(type: Type) -> str:
        match type:
            case AnyType():
                return imports.use("typing", "Any")
            case StrType():
                return "str"
            case IntType():
                return "int"
            case FloatType():
                return "float"
            case BoolType():
                return "bool"
            case NullType():
                return "None"
            case EnumType(values):
                listed = ", ".join(literal(value) for value in values)
                return f"{imports.use('typing', 'Literal')}[{listed}]"
            case ListType(item):
                return f"list[{write(item)}]"
            case DictType(key, value):
                return f"dict[{write(key)}, {write(value)}]"
            case OptionalType(inner):
                return f"{write(inner)} | None"
            case MessagesType():
                return f"list[{imports.use_runtime('messages', 'Message')}]"
            case RecordType():
                name = types.class_of(type, wanted)
                return name if state is None else imports.use(state, name)
            case _:
                assert_never(type)

    return Code(write(type))
