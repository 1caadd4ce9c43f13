"""Values a workflow computes: expressions, texts with references, and plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

from compiler.diagnostics.span import Span
from compiler.expr import Expr, Template, Type
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; its names are state fields or the node's locals. `span` covers its text."""

    text: str
    ast: Expr
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose references are filled in at run time; without references it is a constant.

    `types` are the types of the references, in their order.
    """

    template: Template
    span: Span
    types: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the file as plain data, kept as canonical JSON text."""

    json_text: str
    type: Type
    span: Span

    @property
    def data(self) -> object:
        """The value as plain Python data."""
        return json.loads(self.json_text)


@dataclass(frozen=True, slots=True)
class ListValue:
    """A list of the file, at least one of whose parts is computed."""

    items: tuple[Value, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class MappingValue:
    """A mapping of the file, at least one of whose values is computed."""

    entries: tuple[tuple[str, Value], ...]
    type: Type
    span: Span


Value: TypeAlias = Expression | Text | Constant | ListValue | MappingValue


def leaves(value: Value) -> Iterator[Expression | Text | Constant]:
    """Yield the parts of a value that hold no other values, in text order."""
    match value:
        case ListValue(items):
            for item in items:
                yield from leaves(item)
        case MappingValue(entries):
            for _, part in entries:
                yield from leaves(part)
        case _:
            yield value
