"""Sets of values: numbers, texts, bools, with null."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.expr.types import Type


@dataclass(frozen=True, slots=True)
class Interval:
    """A non-empty range of numbers; an end of -inf or inf is open."""

    low: float
    high: float
    low_closed: bool = False
    high_closed: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """Disjoint intervals in rising order; of whole numbers only when `integer`."""

    intervals: tuple[Interval, ...]
    integer: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Texts or bools: `values`, or with `negated` all but `values` of a type without a list of values."""

    values: frozenset[str | bool]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A set of values of one type, and whether null is in it."""

    values: Numbers | Choices
    null: bool = False

    def union(self, other: ValueSet) -> ValueSet:
        """Return the values in either."""
        raise NotImplementedError

    def intersection(self, other: ValueSet) -> ValueSet:
        """Return the values in both."""
        raise NotImplementedError

    def difference(self, other: ValueSet) -> ValueSet:
        """Return the values in this one only; a complement is the difference from `universe(type)`."""
        raise NotImplementedError

    @property
    def is_empty(self) -> bool:
        """Whether there is no value in it."""
        raise NotImplementedError

    def witness(self) -> object:
        """Return one value of it, a short one for messages such as `0.8`; of an empty one KeyError."""
        raise NotImplementedError


def universe(type: Type) -> ValueSet | None:
    """Return all values of a number, bool, text or enum type, or its `?`; None for other types."""
    raise NotImplementedError
