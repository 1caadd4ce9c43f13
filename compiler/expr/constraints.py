"""Conditions over one place, as sets of values."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.expr.ast import Expr
from compiler.expr.ranges import ValueSet
from compiler.expr.scope import Path, Scope
from compiler.expr.types import Type


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition holds exactly when the value at `path` is in `allowed`, out of all in `universe`.

    `path` ends in `"len()"` when the condition is about the length of the value there.
    """

    path: Path
    type: Type
    allowed: ValueSet
    universe: ValueSet


def constraints(expr: Expr, scope: Scope) -> Constraint | None:
    """Describe a checked condition that compares one place with constants; None for all others."""
    raise NotImplementedError
