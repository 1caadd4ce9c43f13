"""The type rules of functions. Arguments are never null here, except where null is welcome."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.expr.assign import unify
from compiler.expr.functions import FUNCTIONS
from compiler.expr.kinds import Mismatch, is_number, is_object, is_text, item_type, may_be_null
from compiler.expr.operators import check_containment
from compiler.expr.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    STR,
    AnyType,
    BoolType,
    FloatType,
    IntType,
    ListType,
    Type,
    show,
)

NULL_WELCOME = frozenset({"str", "bool"})
"""Functions that take null."""

_TEXT_RESULTS: dict[str, Type] = {
    "lower": STR,
    "upper": STR,
    "strip": STR,
    "startswith": BOOL,
    "endswith": BOOL,
}


def check_count(function: str, count: int) -> Mismatch | None:
    """Say why a function does not take `count` arguments; None when it does."""
    usage, fewest, most = FUNCTIONS[function]
    if fewest <= count and (most is None or count <= most):
        return None
    wanted = (
        f"{fewest}" if fewest == most else f"{fewest} or {most}" if most else f"at least {fewest}"
    )
    plural = "" if wanted.endswith("1") else "s"
    return Mismatch(
        f"`{function}` takes {wanted} argument{plural}, found {count}", f"write `{usage}`"
    )


def call_type(function: str, arguments: Sequence[Type]) -> Type | tuple[int, Mismatch]:
    """Return the type of a call, or which argument (from 0) is wrong and why."""
    first = arguments[0]
    match function:
        case "len":
            sized = is_text(first) or is_object(first) or item_type(first) is not None
            return INT if sized else _wrong(0, "len", "a text, a list or a dict", first)
        case "str":
            return STR
        case "bool":
            return BOOL
        case "int" | "float":
            if is_number(first) or is_text(first) or isinstance(first, BoolType):
                return INT if function == "int" else FLOAT
            return _wrong(0, function, "a number or a text", first)
        case "abs":
            return first if is_number(first) else _wrong(0, "abs", "a number", first)
        case "round":
            return _round(arguments)
        case "any" | "all":
            return _every(function, first)
        case "sum" | "sorted":
            return _of_list(function, first)
        case "min" | "max":
            return _extreme(function, arguments)
        case "contains":
            mismatch = check_containment(arguments[1], first)
            return (1, mismatch) if mismatch else BOOL
        case _:
            for index, argument in enumerate(arguments):
                if not is_text(argument):
                    return _wrong(index, function, "a text", argument)
            return _TEXT_RESULTS[function]


def _round(arguments: Sequence[Type]) -> Type | tuple[int, Mismatch]:
    if not is_number(arguments[0]):
        return _wrong(0, "round", "a number", arguments[0])
    if len(arguments) == 1:
        return INT
    if not isinstance(arguments[1], IntType | AnyType):
        return _wrong(1, "round", "a whole number of digits", arguments[1])
    return arguments[0]


def _every(function: str, items: Type) -> Type | tuple[int, Mismatch]:
    item = ANY if isinstance(items, AnyType) else item_type(items)
    if isinstance(item, BoolType | AnyType):
        return BOOL
    return _wrong(0, function, "a list of bools", items)


def _of_list(function: str, items: Type) -> Type | tuple[int, Mismatch]:
    if isinstance(items, AnyType):
        return ListType(ANY) if function == "sorted" else ANY
    item = item_type(items)
    if item is not None and is_number(item):
        return ListType(item) if function == "sorted" else item
    if function == "sum":
        return _wrong(0, "sum", "a list of numbers", items)
    if item is not None and is_text(item):
        return ListType(item)
    return _wrong(0, "sorted", "a list of numbers or texts", items)


def _extreme(function: str, arguments: Sequence[Type]) -> Type | tuple[int, Mismatch]:
    if len(arguments) == 1:
        items = arguments[0]
        item = ANY if isinstance(items, AnyType) else item_type(items)
        if item is not None and (is_number(item) or is_text(item)):
            return item
        return _wrong(0, function, "a list of numbers or texts", items)
    result = arguments[0]
    for index, argument in enumerate(arguments):
        if not (is_number(argument) or is_text(argument)):
            return _wrong(index, function, "numbers or texts", argument)
        if not (is_number(result) and is_number(argument)) and not (
            is_text(result) and is_text(argument)
        ):
            return index, Mismatch(f"cannot compare `{show(result)}` with `{show(argument)}`")
        result = unify(result, argument) if index else argument
    return result


def _wrong(index: int, function: str, wanted: str, found: Type) -> tuple[int, Mismatch]:
    item = item_type(found)
    if item is not None and may_be_null(item):
        return index, Mismatch(
            f"`{function}` takes {wanted}, found `{show(found)}`", "its items may be null"
        )
    help = None
    if isinstance(found, IntType | FloatType | BoolType) and "text" in wanted:
        help = "write `str(x)` to make text of it"
    return index, Mismatch(f"`{function}` takes {wanted}, found `{show(found)}`", help)
