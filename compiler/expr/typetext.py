"""Type texts such as `list[str]?`, read into types."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr.problem import Problem
from compiler.expr.types import Type


def parse_type(text: str, named: Mapping[str, Type]) -> Type | Problem:
    """Read a type text; `named` are the types declared under `types`. Codes: AC305, AC409."""
    raise NotImplementedError
