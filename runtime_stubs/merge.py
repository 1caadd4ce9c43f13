# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""How a state field combines its value with what a step writes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from langgraph.channels.binop import BinaryOperatorAggregate

__all__ = ["Operator", "apply_updates", "merge_with", "operators_of"]

V = TypeVar("V")
Operator = Callable[[Any, Any], Any]


def merge_with(operator: Callable[[V, V], V]) -> BinaryOperatorAggregate[V]:
    """Return the channel of a field that merges by `operator(value, written)`.

    LangGraph's own channel starts with an empty value of the field's type. This one starts
    without a value, so a field nobody has written is absent: the first write sets it.
    """
    unset = cast(type[V], Any)  # cannot be called, so LangGraph finds no empty value
    return BinaryOperatorAggregate(unset, operator)


def operators_of(state_type: type[object]) -> dict[str, Operator]:
    """Return the operator of each field of a state that merges; other fields are replaced."""
    found: dict[str, Operator] = {}
    for field, hint in get_type_hints(state_type, include_extras=True).items():
        if get_origin(hint) is Annotated:
            for extra in get_args(hint)[1:]:
                if isinstance(extra, BinaryOperatorAggregate):
                    found[field] = extra.operator
    return found


def apply_updates(
    operators: Mapping[str, Operator],
    state: Mapping[str, object],
    updates: Iterable[Mapping[str, object]],
) -> dict[str, object]:
    """Return `state` after `updates`, applied from left to right; `state` stays as it is."""
    result = dict(state)
    for update in updates:
        for field, written in update.items():
            if field in operators and field in result:
                result[field] = operators[field](result[field], written)
            else:
                result[field] = written
    return result
