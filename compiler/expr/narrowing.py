"""What a condition that holds (or does not) says about the types of places.

state.note != None and state.kind == "a"      holds:  state.note: str (was str?), state.kind: enum[a]
                                              fails:  nothing for certain
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def narrowings(expr: Expr, truth: bool, scope: Scope) -> dict[Path, Type]:
    """Return the types that hold where `expr`, as checked in `scope`, is `truth`."""
    match expr:
        case Unary("not", operand):
            return narrowings(operand, not truth, scope)
        case BoolOp(op, values):
            if truth == (op == "and"):
                return _all_of(values, truth, scope)
            return _one_of(values, truth, scope)
        case Compare(first, ((op, right),)):
            return _comparison(first, op, right, truth, scope)
        case Compare(first, rest) if truth:
            facts: dict[Path, Type] = {}
            for op, right in rest:
                found = _comparison(first, op, right, True, scope.narrowed_by(facts))
                facts, first = {**facts, **found}, right
            return facts
        case Call("bool", (argument,)) if truth:
            return _change(argument, remove_null, scope)
        case _:
            return {}


def _all_of(values: Sequence[Expr], truth: bool, scope: Scope) -> dict[Path, Type]:
    facts: dict[Path, Type] = {}
    for value in values:
        facts |= narrowings(value, truth, scope.narrowed_by(facts))
    return facts


def _one_of(values: Sequence[Expr], truth: bool, scope: Scope) -> dict[Path, Type]:
    """One of `values` is `truth`, the ones before it are not: what all these cases have in common."""
    common: dict[Path, Type] | None = None
    for value in values:
        facts = narrowings(value, truth, scope)
        if common is None:
            common = facts
        else:
            common = {path: unify(common[path], facts[path]) for path in common if path in facts}
        scope = scope.narrowed_by(narrowings(value, not truth, scope))
    return common or {}


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
