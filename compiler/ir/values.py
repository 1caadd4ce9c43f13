"""Values a workflow computes: expressions, texts with references, and plain data."""

from __future__ import annotations

import json

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


Value = Expression | Text | Constant
