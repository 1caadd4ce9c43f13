"""What operators and functions of expressions do to values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

_MOST_DIGITS = 1_000


def get_key(value: object, key: object, optional: bool = False) -> object:
    """Return `value[key]`; of an absent key None if `optional`, else a KeyError as in Python."""
    if optional and isinstance(value, Mapping):
        return value.get(key)
    return operator.getitem(value, key)  # type: ignore[call-overload]  # the value decides


def _numbers_only(
    function: Callable[[int | float, int | float], object],
) -> Callable[[object, object], object]:
    """Restrict `*` and `%`, which Python gives to texts and lists as well."""

    def apply(left: object, right: object) -> object:
        if isinstance(left, int | float) and isinstance(right, int | float):
            return function(left, right)
        raise TypeError("not numbers")

    return apply


def _contained(left: object, right: object) -> object:
    return operator.contains(right, left)  # type: ignore[arg-type]  # the value decides


def _not_contained(left: object, right: object) -> object:
    return not _contained(left, right)


def _round(value: float, digits: int | None = None) -> object:
    if digits is not None and abs(digits) > _MOST_DIGITS:
        raise OverflowError("too many digits")
    return round(value, digits)


OPERATORS: Mapping[str, Callable[..., object]] = {
    "unary -": operator.neg,
    "unary +": operator.pos,
    "unary not": operator.not_,
    "+": operator.add,
    "-": operator.sub,
    "*": _numbers_only(operator.mul),
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": _numbers_only(operator.mod),
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": _contained,
    "not in": _not_contained,
}

FUNCTION_VALUES: Mapping[str, Callable[..., object]] = {
    "len": len,
    "min": min,
    "max": max,
    "sum": sum,
    "abs": abs,
    "round": _round,
    "any": any,
    "all": all,
    "sorted": sorted,
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
