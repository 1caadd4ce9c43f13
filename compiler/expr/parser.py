"""Expression text, read into a syntax tree."""

from __future__ import annotations

from compiler.expr.ast import Expr
from compiler.expr.problem import Problem


def parse_expression(text: str) -> Expr | list[Problem]:
    """Read an expression. Codes: AC401, AC403."""
    raise NotImplementedError
