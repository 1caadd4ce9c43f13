"""Expressions as Python source text."""

from __future__ import annotations

from collections.abc import Callable

from compiler.expr.ast import Expr


def to_python(expr: Expr, names: Callable[[str, bool], str]) -> str:
    """Write a checked expression as Python; `names(root, is_state)` gives the text of each root."""
    raise NotImplementedError
