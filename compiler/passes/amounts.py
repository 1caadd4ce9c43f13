"""Intervals of what a run may take: model calls, tokens and money."""

from __future__ import annotations

from math import inf

from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """At least `low` and at most `high`; an infinite `high` means nothing bounds it."""

    low: float = 0
    high: float = 0

    def plus(self, other: Range) -> Range:
        """Both."""
        return Range(self.low + other.low, self.high + other.high)

    def either(self, other: Range) -> Range:
        """One of the two."""
        return Range(min(self.low, other.low), max(self.high, other.high))

    def times(self, other: Range) -> Range:
        """This, a number of times; nothing taken without end is still nothing."""
        high = 0 if 0 in (self.high, other.high) else self.high * other.high
        return Range(self.low * other.low, high)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a part of a run takes: model calls, input and output tokens, and cost in USD."""

    calls: Range = Range()
    input: Range = Range()
    output: Range = Range()
    cost: Range = Range()

    def plus(self, other: Amount) -> Amount:
        """Both parts."""
        if self is NOTHING:
            return other
        if other is NOTHING:
            return self
        return Amount(
            self.calls.plus(other.calls),
            self.input.plus(other.input),
            self.output.plus(other.output),
            self.cost.plus(other.cost),
        )

    def either(self, other: Amount) -> Amount:
        """One of the two parts."""
        return Amount(
            self.calls.either(other.calls),
            self.input.either(other.input),
            self.output.either(other.output),
            self.cost.either(other.cost),
        )

    def times(self, count: Range) -> Amount:
        """The part a number of times."""
        return Amount(
            self.calls.times(count),
            self.input.times(count),
            self.output.times(count),
            self.cost.times(count),
        )


NOTHING = Amount()
MAYBE = Range(0, 1)
WITHOUT_END = Range(0, inf)
