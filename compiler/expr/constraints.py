"""Conditions over one place, as sets of values.

state.score >= 0.5 and state.score < 0.8       state.score in [0.5, 0.8)
state.kind == "a" or state.kind == "b"         state.kind in {"a", "b"}
"""

from __future__ import annotations

from math import inf

from compiler.expr.ast import BoolOp, Call, Compare, Expr, Unary
from compiler.expr.evaluate import UNKNOWN, constant_value
from compiler.expr.kinds import is_object, is_text, item_type
from compiler.expr.members import path_of, type_at
from compiler.expr.numbers import Numbers, from_interval
from compiler.expr.ranges import ValueSet, only, universe
from compiler.expr.scope import Path, Scope
from compiler.expr.types import INT, AnyType, BoolType, Type
from compiler.record import dataclass, replace

LENGTH = "len()"
"""The last part of a constraint's path that is about how many items or characters there are."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


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
    """Describe a checked condition that compares one place with constants; None for all others.

    Types are taken as declared, not as narrowed. A `float` that is not a number (NaN) is left out of account.
    """
    match expr:
        case Unary("not", operand):
            inner = constraints(operand, scope)
            if inner is None:
                return None
            return replace(inner, allowed=inner.universe.difference(inner.allowed))
        case BoolOp(op, values):
            return _combined(op, [constraints(value, scope) for value in values])
        case Compare(first, rest):
            pairs: list[Constraint | None] = []
            for op, right in rest:
                pairs.append(_pair(first, op, right, scope))
                first = right
            return _combined("and", pairs)
        case _:
            place = _place(expr, scope)
            if place is None or not isinstance(place.type, BoolType):
                return None
            return replace(place, allowed=only(True, place.universe))


def _combined(op: str, parts: list[Constraint | None]) -> Constraint | None:
    result = parts[0]
    for part in parts[1:]:
        if result is None or part is None or part.path != result.path:
            return None
        join = result.allowed.intersection if op == "and" else result.allowed.union
        result = replace(result, allowed=join(part.allowed))
    return result


def _pair(left: Expr, op: str, right: Expr, scope: Scope) -> Constraint | None:
    value = constant_value(right)
    place = _place(left, scope)
    if value is UNKNOWN or place is None:
        value, place = constant_value(left), _place(right, scope)
        if op not in _MIRRORED:
            return None
        op = _MIRRORED[op]
    if value is UNKNOWN or place is None:
        return None
    allowed = _allowed(op, value, place.universe)
    return None if allowed is None else replace(place, allowed=allowed)


def _place(expr: Expr, scope: Scope) -> Constraint | None:
    """Return the constraint that holds always, on the place that `expr` reads or measures."""
    if isinstance(expr, Call) and expr.function == "len":
        path = path_of(expr.arguments[0])
        type = type_at(path, replace(scope, narrowed={})) if path else None
        if path is None or type is None or isinstance(type, AnyType):
            return None
        if not (is_text(type) or is_object(type) or item_type(type) is not None):
            return None
        lengths = ValueSet(from_interval(0, inf, low_closed=True, integer=True))
        return Constraint((*path, LENGTH), INT, lengths, lengths)
    path = path_of(expr)
    type = type_at(path, replace(scope, narrowed={})) if path else None
    values = universe(type) if type else None
    if path is None or type is None or values is None:
        return None
    return Constraint(path, type, values, values)


def _allowed(op: str, value: object, all: ValueSet) -> ValueSet | None:
    if op in ("in", "not in"):
        if not isinstance(value, list):
            return None
        found = all.difference(all)
        for each in value:
            if not isinstance(each, str | int | float | bool | None):
                return None
            found = found.union(only(each, all))
        return found if op == "in" else all.difference(found)
    if op in ("==", "!="):
        if not isinstance(value, str | int | float | bool | None):
            return None
        found = only(value, all)
        return found if op == "==" else all.difference(found)
    numbers = all.values
    if not isinstance(numbers, Numbers) or not isinstance(value, int | float):
        return None
    closed = op in ("<=", ">=")
    if op in ("<", "<="):
        found = ValueSet(from_interval(-inf, value, False, closed, integer=numbers.integer))
    else:
        found = ValueSet(from_interval(value, inf, closed, False, integer=numbers.integer))
    return all.intersection(found)
