"""What a condition that holds (or does not) says about the types of places."""

from __future__ import annotations

from compiler.expr.ast import Expr
from compiler.expr.scope import Path, Scope
from compiler.expr.types import Type


def narrowings(expr: Expr, truth: bool, scope: Scope) -> dict[Path, Type]:
    """Return the types that hold where checked condition `expr` is `truth`."""
    raise NotImplementedError
