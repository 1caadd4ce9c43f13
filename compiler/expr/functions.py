"""The functions that expressions have: names and how many arguments they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Function(NamedTuple):
    """A pure function: its call form for messages, and the range of its argument count."""

    usage: str
    fewest: int
    most: int | None


FUNCTIONS: Mapping[str, Function] = {
    "len": Function("len(x)", 1, 1),
    "min": Function("min(list)` or `min(a, b)", 1, None),
    "max": Function("max(list)` or `max(a, b)", 1, None),
    "sum": Function("sum(list)", 1, 1),
    "abs": Function("abs(x)", 1, 1),
    "round": Function("round(x)` or `round(x, digits)", 1, 2),
    "any": Function("any(list)", 1, 1),
    "all": Function("all(list)", 1, 1),
    "sorted": Function("sorted(list)", 1, 1),
    "str": Function("str(x)", 1, 1),
    "int": Function("int(x)", 1, 1),
    "float": Function("float(x)", 1, 1),
    "bool": Function("bool(x)", 1, 1),
    "lower": Function("lower(text)", 1, 1),
    "upper": Function("upper(text)", 1, 1),
    "strip": Function("strip(text)", 1, 1),
    "startswith": Function("startswith(text, prefix)", 2, 2),
    "endswith": Function("endswith(text, suffix)", 2, 2),
    "contains": Function("contains(text or list, part)", 2, 2),
}
