"""What a condition that holds (or does not) says about the types of places.

state.note != None and state.kind == "a"      holds:  state.note: str (was str?), state.kind: enum[a]
                                              fails:  nothing for certain
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from compiler.expr.assign import unify
from compiler.expr.ast import BoolOp, Call, Compare, Expr, Unary
from compiler.expr.evaluate import UNKNOWN, constant_value
from compiler.expr.members import path_of, type_at
from compiler.expr.narrow import keep_values, remove_null, remove_values
from compiler.expr.scope import Path, Scope
from compiler.expr.types import (
    ANY,
    NULL,
    AnyType,
    ListType,
    NullType,
    OptionalType,
    Type,
    optional,
)

Facts: TypeAlias = dict[Path, Type]


def narrowings(expr: Expr, truth: bool, scope: Scope) -> dict[Path, Type]:
    """Return the types that hold where `expr`, as checked in `scope`, is `truth`."""
    holds, fails = _facts(expr, scope)
    return holds if truth else fails


def _facts(expr: Expr, scope: Scope) -> tuple[Facts, Facts]:
    """Return what `expr` says where it holds, and where it fails; both at once, each node seen once."""
    match expr:
        case Unary("not", operand):
            holds, fails = _facts(operand, scope)
            return fails, holds
        case BoolOp("and", values):
            return _sequence(values, True, scope)
        case BoolOp("or", values):
            fails, holds = _sequence(values, False, scope)
            return holds, fails
        case Compare(first, ((op, right),)):
            return (
                _comparison(first, op, right, True, scope),
                _comparison(first, op, right, False, scope),
            )
        case Compare(first, rest):
            facts: Facts = {}
            for op, right in rest:
                facts |= _comparison(first, op, right, True, scope.narrowed_by(facts))
                first = right
            return facts, {}
        case Call("bool", (argument,)):
            return _change(argument, remove_null, scope), {}
        case _:
            return {}, {}


def _sequence(values: Sequence[Expr], truth: bool, scope: Scope) -> tuple[Facts, Facts]:
    """Go along operands, each of which is looked at only where those before it are `truth`.

    Returns what holds where all are `truth`, and what all the ways of stopping earlier have in common.
    """
    before = scope
    together: Facts = {}
    stopped: Facts | None = None
    for value in values:
        holds, fails = _facts(value, scope)
        goes_on, stops = (holds, fails) if truth else (fails, holds)
        ways = {**together, **stops}
        if stopped is None:
            stopped = ways
        else:
            stopped = {path: unify(stopped[path], ways[path]) for path in stopped if path in ways}
        together |= goes_on
        scope = scope.narrowed_by(goes_on)
    news = {path: type for path, type in (stopped or {}).items() if type != type_at(path, before)}
    return together, news


def _comparison(left: Expr, op: str, right: Expr, truth: bool, scope: Scope) -> dict[Path, Type]:
    if op in ("!=", "not in"):
        op, truth = ("==" if op == "!=" else "in"), not truth
    if op == "==":
        return {**_equal(left, right, truth, scope), **_equal(right, left, truth, scope)}
    if op == "in":
        return _contained(left, right, truth, scope)
    return {}


def _equal(place: Expr, other: Expr, truth: bool, scope: Scope) -> dict[Path, Type]:
    value = constant_value(other)
    if value is UNKNOWN:
        path = path_of(other)
        solid = path is not None and _is_never_null(type_at(path, scope))
        return _change(place, remove_null, scope) if truth and solid else {}
    if value is None:
        return _change(place, _to_null if truth else _not_null, scope)
    if truth:
        return _change(place, lambda type: keep_values(type, (value,)), scope)
    return _change(place, lambda type: remove_values(type, (value,)), scope)


def _contained(place: Expr, container: Expr, truth: bool, scope: Scope) -> dict[Path, Type]:
    values = constant_value(container)
    if isinstance(values, list):
        if not truth:
            return _change(place, lambda type: _without(type, values), scope)
        if None in values:
            return _change(place, lambda type: optional(keep_values(type, values)), scope)
        if all(isinstance(value, str) for value in values):
            return _change(place, lambda type: keep_values(type, values), scope)
        return _change(place, remove_null, scope)
    path = path_of(container)
    type = type_at(path, scope) if path else None
    if truth and isinstance(type, ListType) and _is_never_null(type.item):
        return _change(place, remove_null, scope)
    return {}


def _without(type: Type, values: Sequence[object]) -> Type:
    type = remove_values(type, values)
    return _not_null(type) if None in values else type


def _to_null(type: Type) -> Type:
    return NULL if isinstance(type, OptionalType) else type


def _not_null(type: Type) -> Type:
    """Remove null; where only null was left nothing runs, so that nothing there is worth reporting."""
    return ANY if isinstance(type, NullType) else remove_null(type)


def _is_never_null(type: Type | None) -> bool:
    return type is not None and not isinstance(type, AnyType | NullType | OptionalType)


def _change(place: Expr, change: Callable[[Type], Type], scope: Scope) -> dict[Path, Type]:
    path = path_of(place)
    type = type_at(path, scope) if path else None
    if path is None or type is None:
        return {}
    changed = change(type)
    return {} if changed == type else {path: changed}
