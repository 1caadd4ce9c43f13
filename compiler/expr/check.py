"""The type checker of expressions."""

from __future__ import annotations

from compiler.expr.ast import Expr
from compiler.expr.problem import Problem
from compiler.expr.scope import Scope, Typed


def check(expr: Expr, scope: Scope) -> Typed | list[Problem]:
    """Type an expression. Codes: AC402, AC404, AC405, AC413."""
    raise NotImplementedError


def check_condition(expr: Expr, scope: Scope) -> Typed | list[Problem]:
    """Type an expression that must be true or false. Codes: those of `check`, and AC406."""
    raise NotImplementedError
