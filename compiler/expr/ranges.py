"""Sets of values: numbers, texts, bools, with null."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TypeAlias

from compiler.expr.numbers import Numbers, from_interval
from compiler.expr.quote import quote
from compiler.expr.types import (
    BoolType,
    EnumType,
    FloatType,
    IntType,
    OptionalType,
    StrType,
    Type,
)
from compiler.record import dataclass

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Texts or bools: `values`, or with `negated` every text but `values`."""

    values: frozenset[str | bool]
    negated: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no value in it."""
        return not self.values and not self.negated

    def inverted(self) -> Choices:
        """Return everything else; only as the operand of an intersection, since bools end."""
        return Choices(self.values, not self.negated)

    def union(self, other: Choices) -> Choices:
        """Return the values in either."""
        if self.negated and other.negated:
            return Choices(self.values & other.values, negated=True)
        if self.negated:
            return Choices(self.values - other.values, negated=True)
        if other.negated:
            return Choices(other.values - self.values, negated=True)
        return Choices(self.values | other.values)

    def intersection(self, other: Choices) -> Choices:
        """Return the values in both."""
        if self.negated and other.negated:
            return Choices(self.values | other.values, negated=True)
        if self.negated:
            return Choices(other.values - self.values)
        if other.negated:
            return Choices(self.values - other.values)
        return Choices(self.values & other.values)

    def difference(self, other: Choices) -> Choices:
        """Return the values in this one only."""
        return self.intersection(other.inverted())

    def witness(self) -> str | bool:
        """Return the first value, or a text that is none of those left out."""
        if not self.negated:
            return min(self.values)
        return next(text for text in _texts() if text not in self.values)

    def show(self, subject: str) -> tuple[str, ...]:
        """Write it as conditions of which one holds."""
        if self.is_empty:
            return ()
        values = [_show_value(value) for value in sorted(self.values)]
        if len(values) == 1:
            return (f"{subject} {'!=' if self.negated else '=='} {values[0]}",)
        return (f"{subject} {'not in' if self.negated else 'in'} [{', '.join(values)}]",)


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A set of values of one type, and whether null is in it.

    The operations take sets of the same type only; a complement is `universe(type).difference(x)`.
    """

    values: Numbers | Choices
    null: bool = False

    def union(self, other: ValueSet) -> ValueSet:
        """Return the values in either."""
        null = self.null or other.null
        if isinstance(self.values, Numbers) and isinstance(other.values, Numbers):
            return ValueSet(self.values.union(other.values), null)
        if isinstance(self.values, Choices) and isinstance(other.values, Choices):
            return ValueSet(self.values.union(other.values), null)
        raise TypeError("sets of different types")

    def intersection(self, other: ValueSet) -> ValueSet:
        """Return the values in both."""
        null = self.null and other.null
        if isinstance(self.values, Numbers) and isinstance(other.values, Numbers):
            return ValueSet(self.values.intersection(other.values), null)
        if isinstance(self.values, Choices) and isinstance(other.values, Choices):
            return ValueSet(self.values.intersection(other.values), null)
        raise TypeError("sets of different types")

    def difference(self, other: ValueSet) -> ValueSet:
        """Return the values in this one only."""
        null = self.null and not other.null
        if isinstance(self.values, Numbers) and isinstance(other.values, Numbers):
            return ValueSet(self.values.difference(other.values), null)
        if isinstance(self.values, Choices) and isinstance(other.values, Choices):
            return ValueSet(self.values.difference(other.values), null)
        raise TypeError("sets of different types")

    @property
    def is_empty(self) -> bool:
        """Whether there is no value in it."""
        return self.values.is_empty and not self.null

    def witness(self) -> Value:
        """Return one value of it, a short one for messages such as `0.8`.

        Raises:
            ValueError: the set is empty.
        """
        if self.is_empty:
            raise ValueError("an empty set has no witness")
        return None if self.values.is_empty else self.values.witness()

    def show(self, subject: str) -> str:
        """Write it as a condition on `subject`, such as `state.score >= 0.5 and state.score < 0.8`."""
        parts = [*self.values.show(subject)]
        if self.null:
            parts.append(f"{subject} == None")
        if len(parts) == 1:
            return parts[0]
        return " or ".join(parts) or "False"


def universe(type: Type) -> ValueSet | None:
    """Return all values of a number, bool, text or enum type, or its `?`; None for other types."""
    match type:
        case OptionalType(inner):
            values = universe(inner)
            return values and ValueSet(values.values, null=True)
        case IntType():
            return ValueSet(from_interval(integer=True))
        case FloatType():
            return ValueSet(from_interval(integer=False))
        case BoolType():
            return ValueSet(Choices(frozenset({True, False})))
        case EnumType(values):
            return ValueSet(Choices(frozenset(values)))
        case StrType():
            return ValueSet(Choices(frozenset(), negated=True))
        case _:
            return None


def only(value: Value, universe: ValueSet) -> ValueSet:
    """Return the set of just `value`, empty when `universe` does not have it."""
    none = universe.difference(universe)
    if value is None:
        return ValueSet(none.values, universe.null)
    if isinstance(universe.values, Choices):
        if isinstance(value, str | bool):
            single = ValueSet(Choices(frozenset({value})))
            return universe.intersection(single)
        return none
    if isinstance(value, str | bool):
        return none
    exact = from_interval(value, value, True, True, integer=universe.values.integer)
    return universe.intersection(ValueSet(exact))


def _show_value(value: str | bool) -> str:
    return quote(value) if isinstance(value, str) else str(value)


def _texts() -> Iterator[str]:
    yield "other"
    yield from (f"other{number}" for number in count(2))
