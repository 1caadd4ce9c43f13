"""Direct evaluation of expressions and templates, and constant folding."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from compiler.expr.ast import Expr


class Unknown(Enum):
    """The one value that says: not known before run time."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


def evaluate(expr: Expr, env: Mapping[str, object]) -> object:
    """Evaluate; `env["state"]` is the state, other keys are locals. Run-time faults raise as in Python."""
    raise NotImplementedError


def constant_value(expr: Expr) -> object | Unknown:
    """Return the value of an expression that reads nothing, else `UNKNOWN`."""
    raise NotImplementedError
