"""What to say about a value that stands where true or false is wanted."""

from __future__ import annotations

from compiler.expr.ast import Expr
from compiler.expr.kinds import is_number, is_object, is_text, item_type
from compiler.expr.members import path_of, show_path
from compiler.expr.narrow import remove_null
from compiler.expr.problem import Problem
from compiler.expr.types import BoolType, NullType, OptionalType, Type, show


def not_bool(expr: Expr, type: Type) -> Problem:
    """Report an operand of type `type`, and how to make a condition of it."""
    path = path_of(expr)
    name = show_path(path) if path else "x"
    inner = remove_null(type)
    help: str | None
    if isinstance(inner, BoolType):
        help = f"write `{name} == True`, which is false for null"
        return Problem("AC413", f"`{name}` may be null", expr.start, expr.end, help=help)
    help = None
    if isinstance(type, OptionalType):
        help = f"write `{name} != None`"
    elif item_type(type) is not None or is_object(type):
        help = f"write `len({name}) > 0`"
    elif is_text(type):
        help = f'write `{name} != ""`'
    elif is_number(type):
        help = f"write `{name} != 0`"
    what = "null" if isinstance(type, NullType) else f"`{show(type)}`"
    return Problem(
        "AC406", f"expected true or false, found {what}", expr.start, expr.end, help=help
    )
