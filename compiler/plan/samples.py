"""Plain values that lead a choice to each of its cases: what generated tests give to routers.

The candidates of a field are its type's simplest values and those around the constants that the conditions compare with;
all combinations are tried, so a case without a sample is either impossible or beyond this search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from compiler.expr import (
    BoolType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    NullType,
    OptionalType,
    RecordType,
    StrType,
    Type,
    evaluate,
)
from compiler.expr.ast import Expr, Literal, StateField, walk
from compiler.ir.exits import Case, Choice

_MOST = 4000
"""Combinations that are tried for one choice."""


def simplest(type: Type) -> object:
    """Return the simplest value of a type."""
    return next(_candidates(type, ()))


def case_samples(choice: Choice, types: Mapping[str, Type]) -> dict[int, dict[str, object]]:
    """Return for each case, by its place, values of the fields it reads that lead to it before any bound.

    Args:
        types: of the state fields, by name.
    """
    conditions = [case.condition.ast for case in choice.cases if case.condition is not None]
    names = sorted(
        {each.name for expr in conditions for each in walk(expr) if isinstance(each, StateField)}
    )
    if any(name not in types for name in names):
        return {}
    constants = tuple(_constants(conditions))
    pools = [list(islice(_candidates(types[name], constants), 12)) for name in names]
    found: dict[int, dict[str, object]] = {}
    for values in islice(product(*pools), _MOST):
        state = dict(zip(names, values, strict=True))
        place = _taken(choice.cases, state)
        if place is not None:
            found.setdefault(place, state)
        if len(found) == len(choice.cases):
            break
    return found


def _taken(cases: tuple[Case, ...], state: Mapping[str, object]) -> int | None:
    for place, case in enumerate(cases):
        try:
            if case.condition is None or evaluate(case.condition.ast, {"state": state}) is True:
                return place
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return None
    return None


def _constants(conditions: list[Expr]) -> Iterator[str | int | float]:
    seen: set[object] = set()
    for expr in conditions:
        for node in walk(expr):
            if isinstance(node, Literal) and node.value is not None and node.value not in seen:
                seen.add(node.value)
                yield node.value


def _candidates(type: Type, constants: tuple[str | int | float, ...]) -> Iterator[object]:
    numbers = [value for value in constants if not isinstance(value, str | bool)]
    match type:
        case BoolType():
            yield from (True, False)
        case IntType():
            yield 0
            for number in numbers:
                yield from (int(number), int(number) + 1, int(number) - 1)
        case FloatType():
            yield 0.0
            for number in numbers:
                yield from (float(number), round(number + 0.1, 6), round(number - 0.1, 6))
        case EnumType(values):
            yield from values
        case StrType():
            yield "sample"
            yield from (value for value in constants if isinstance(value, str))
            yield ""
        case ListType(item):
            inner = simplest(item)
            yield []
            yield from ([inner] * size for size in _sizes(numbers))
        case OptionalType(inner_type):
            yield from _candidates(inner_type, constants)
            yield None
        case RecordType(_, fields):
            pools = [list(islice(_candidates(each.type, constants), 6)) for each in fields]
            names = [each.name for each in fields]
            yield from (
                dict(zip(names, values, strict=True)) for values in islice(product(*pools), 40)
            )
        case NullType():
            yield None
        case _:
            yield {}


def _sizes(numbers: list[int | float]) -> list[int]:
    near = {1, *(int(number) + step for number in numbers for step in (0, 1))}
    return sorted(size for size in near if 0 < size <= 20)
