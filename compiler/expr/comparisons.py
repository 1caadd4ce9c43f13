"""The rules of `== != < <= > >= in not in`, and what to say about operands that can never match."""

from __future__ import annotations

import re
from typing import TypeAlias

from compiler.diagnostics.nearest import nearest
from compiler.expr.ast import Expr, ListExpr, Literal
from compiler.expr.kinds import Mismatch, is_text, may_be_null
from compiler.expr.members import path_of, show_path
from compiler.expr.narrow import remove_null
from compiler.expr.operators import check_containment, check_equality, check_order
from compiler.expr.problem import Problem
from compiler.expr.references import null_problem
from compiler.expr.types import (
    AnyType,
    BoolType,
    EnumType,
    FloatType,
    IntType,
    Type,
    show,
)

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")

Operand: TypeAlias = tuple[Expr, Type, Type]
"""A node, its type as declared, and its type as known at this point."""


def comparison_problem(op: str, left: Operand, right: Operand) -> Problem | None:
    """Return what is wrong with `left op right`, or None. Codes: AC402, AC413."""
    if op in ("==", "!="):
        return (
            _foreign_value(left, right[0])
            or _foreign_value(right, left[0])
            or _report(check_equality(left[1], right[1]), left, right)
        )
    if op in ("in", "not in"):
        return _containment(left, right)
    for node, _, type in (left, right):
        if may_be_null(type):
            return null_problem(node, type)
    return _report(check_order(op, left[2], right[2]), left, right)


def _containment(part: Operand, whole: Operand) -> Problem | None:
    node, _, type = whole
    if may_be_null(type):
        return null_problem(node, type)
    if isinstance(node, ListExpr):
        for item in node.items:
            if problem := _foreign_value(part, item):
                return problem
    looks_in_text = is_text(type) and not isinstance(type, AnyType)
    if looks_in_text and may_be_null(part[2]):
        return null_problem(part[0], part[2])
    return _report(check_containment(remove_null(part[1]), type), part, whole)


def _foreign_value(place: Operand, literal: Expr) -> Problem | None:
    """Report a text literal that is none of the values of the enum it is compared with."""
    node, declared, _ = place
    enum = remove_null(declared)
    if not isinstance(enum, EnumType) or enum.literal or not isinstance(literal, Literal):
        return None
    if not isinstance(literal.value, str) or literal.value in enum.values:
        return None
    near = nearest(literal.value, enum.values)
    path = path_of(node)
    return Problem(
        "AC402",
        f"`{show_path(path) if path else show(enum)}` is never `{literal.value}`",
        # The text between the quotes, so that `near` may be put in its place.
        literal.start + 1,
        literal.end - 1,
        notes=(f"its values: {', '.join(f'`{value}`' for value in enum.values)}",),
        help=f"did you mean `{near}`?" if near else None,
        near=near if near and near.isidentifier() else None,
    )


def _report(mismatch: Mismatch | None, left: Operand, right: Operand) -> Problem | None:
    if mismatch is None:
        return None
    for literal, other in ((right[0], left[1]), (left[0], right[1])):
        if isinstance(literal, Literal) and (near := _meant(literal, remove_null(other))):
            help = f"write `{near}`"
            return Problem(
                "AC402", mismatch.message, literal.start, literal.end, help=help, near=near
            )
    return Problem("AC402", mismatch.message, left[0].start, right[0].end, help=mismatch.help)


def _meant(literal: Literal, other: Type) -> str | None:
    """Return the literal of the type `other` that was probably meant."""
    value = literal.value
    if isinstance(other, BoolType) and not isinstance(value, bool):
        text = str(value).lower()
        return {"true": "True", "1": "True", "false": "False", "0": "False"}.get(text)
    if isinstance(other, IntType | FloatType) and isinstance(value, str):
        return value if _PLAIN_NUMBER.fullmatch(value) else None
    return None
