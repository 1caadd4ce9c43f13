"""Direct evaluation of expressions, and constant folding."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from compiler.expr.ast import (
    Attribute,
    Binary,
    BoolOp,
    Call,
    Compare,
    Conditional,
    DictExpr,
    Expr,
    Index,
    ListExpr,
    Literal,
    Name,
    StateField,
    Unary,
    children,
)
from compiler.expr.values import FUNCTION_VALUES, OPERATORS, get_key


class Unknown(Enum):
    """The one value that says: not known before run time."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


def evaluate(expr: Expr, env: Mapping[str, object]) -> object:
    """Evaluate an expression with the meaning that its Python form has.

    `env["state"]` is the mapping of state fields, the other keys are locals; a bare name that is no local is
    a state field. Faults of the data, such as a division by zero, raise what Python raises.
    """
    match expr:
        case Literal(value):
            return value
        case Name(id):
            return env[id] if id in env and id != "state" else get_key(env["state"], id)
        case StateField(name):
            return get_key(env["state"], name)
        case Attribute(value, name, optional=optional):
            return get_key(evaluate(value, env), name, optional)
        case Index(value, index, optional=optional):
            return get_key(evaluate(value, env), evaluate(index, env), optional)
        case ListExpr(items):
            return [evaluate(item, env) for item in items]
        case DictExpr(items):
            return {evaluate(key, env): evaluate(value, env) for key, value in items}
        case Unary(op, operand):
            return OPERATORS[f"unary {op}"](evaluate(operand, env))
        case Binary(op, left, right):
            return OPERATORS[op](evaluate(left, env), evaluate(right, env))
        case Compare():
            return _compare(expr, env)
        case BoolOp(op, values):
            return _bool_op(op, values, env)
        case Conditional(test, then, otherwise):
            return evaluate(then if evaluate(test, env) else otherwise, env)
        case Call("contains", (whole, part)):  # in the order of Python's `part in whole`
            found = evaluate(part, env)
            return OPERATORS["in"](found, evaluate(whole, env))
        case Call(function, arguments):
            return FUNCTION_VALUES[function](*(evaluate(each, env) for each in arguments))


def _compare(expr: Compare, env: Mapping[str, object]) -> object:
    left, left_value = expr.first, evaluate(expr.first, env)
    holds: object = True
    for op, right in expr.rest:
        right_value = evaluate(right, env)
        holds = comparison(op, left, right)(left_value, right_value)
        if not holds:
            return holds
        left, left_value = right, right_value
    return holds


def comparison(op: str, left: Expr, right: Expr) -> Callable[[object, object], object]:
    """Return the test for `left op right`: `None`, `True` and `False` equal only themselves."""
    if op in ("==", "!=") and (is_singleton(left) or is_singleton(right)):
        return operator.is_ if op == "==" else operator.is_not
    return OPERATORS[op]


def is_singleton(expr: Expr) -> bool:
    """Tell whether `expr` is the literal `None`, `True` or `False`."""
    return isinstance(expr, Literal) and (expr.value is None or isinstance(expr.value, bool))


def _bool_op(op: str, values: tuple[Expr, ...], env: Mapping[str, object]) -> object:
    result: object = op == "and"
    for value in values:
        result = evaluate(value, env)
        if bool(result) != (op == "and"):
            return result
    return result


def constant_value(expr: Expr) -> object | Unknown:
    """Return the value of an expression that is the same in every run, else `UNKNOWN`.

    `x and False` is constant although it reads `x`. What would fail at run time is not constant.
    """
    match expr:
        case Name() | StateField():
            return UNKNOWN
        case Literal(value):
            return value
        case BoolOp(op, values):
            return _constant_bool_op(op, values)
        case Conditional(test, then, otherwise):
            chosen = constant_value(test)
            return UNKNOWN if chosen is UNKNOWN else constant_value(then if chosen else otherwise)
        case Unary("not", operand):
            constant = constant_value(operand)
            return UNKNOWN if constant is UNKNOWN else not constant
    if any(constant_value(child) is UNKNOWN for child in children(expr)):
        return UNKNOWN
    try:
        return evaluate(expr, {"state": {}})
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError):
        return UNKNOWN


def _constant_bool_op(op: str, values: tuple[Expr, ...]) -> object | Unknown:
    constants = [constant_value(value) for value in values]
    decisive, neutral = (False, True) if op == "and" else (True, False)
    if any(constant is decisive for constant in constants):
        return decisive
    return neutral if all(constant is neutral for constant in constants) else UNKNOWN
