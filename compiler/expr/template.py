"""Prompt templates: text with references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from compiler.expr.ast import Expr
from compiler.expr.problem import Problem
from compiler.expr.scope import Read, Scope
from compiler.expr.types import Type


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text, escapes undone."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """`{path}`; offsets include the braces."""

    expr: Expr
    start: int
    end: int


Part: TypeAlias = Text | Reference


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template."""

    parts: tuple[Part, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references, in text order."""
        return tuple(part for part in self.parts if isinstance(part, Reference))

    @property
    def only_reference(self) -> Reference | None:
        """The reference when the template is nothing but one, such as `"{state.x}"`."""
        return (
            self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], Reference) else None
        )


@dataclass(frozen=True, slots=True)
class TypedTemplate:
    """A template that passed the checks: references resolved, their types in the same order, state reads."""

    template: Template
    types: tuple[Type, ...]
    reads: tuple[Read, ...]


def parse_template(text: str) -> Template:
    """Read a template; there is no wrong one."""
    raise NotImplementedError


def escape_template(text: str) -> str:
    """Return the template whose value is `text`."""
    raise NotImplementedError


def check_template(template: Template, scope: Scope) -> TypedTemplate | list[Problem]:
    """Resolve and type all references. Codes: AC402, AC404, AC405, AC413."""
    raise NotImplementedError
