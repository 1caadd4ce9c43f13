"""Sets of numbers as intervals, over all numbers or over the whole ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor, inf

from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of numbers; an end at infinity is open."""

    low: float
    high: float
    low_closed: bool = False
    high_closed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no number is in it."""
        if self.low == self.high:
            return not (self.low_closed and self.high_closed)
        return self.low > self.high

    def has(self, value: float) -> bool:
        """Tell whether `value` is in it."""
        above = value > self.low or (value == self.low and self.low_closed)
        return above and (value < self.high or (value == self.high and self.high_closed))

    def meets(self, later: Interval) -> bool:
        """Tell whether no number lies between this interval and one that starts no earlier."""
        if later.low == self.high:
            return later.low_closed or self.high_closed
        return later.low < self.high

    def whole(self) -> Interval:
        """Return the range of the whole numbers in it, with closed ends."""
        low, high = self.low, self.high
        if not _endless(low):
            low = floor(low) + 1 if low == floor(low) and not self.low_closed else ceil(low)
        if not _endless(high):
            high = ceil(high) - 1 if high == ceil(high) and not self.high_closed else floor(high)
        return Interval(low, high, not _endless(low), not _endless(high))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Disjoint intervals in rising order; with `integer`, of whole numbers only.

    Build it with `make_numbers`, which brings intervals into this form. The operations take sets over the
    same numbers.
    """

    intervals: tuple[Interval, ...]
    integer: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no number in it."""
        return not self.intervals

    def union(self, other: Numbers) -> Numbers:
        """Return the numbers in either."""
        return make_numbers((*self.intervals, *other.intervals), self.integer)

    def intersection(self, other: Numbers) -> Numbers:
        """Return the numbers in both."""
        common = (_overlap(a, b) for a in self.intervals for b in other.intervals)
        return make_numbers(common, self.integer)

    def complement(self) -> Numbers:
        """Return all other numbers."""
        gaps: list[Interval] = []
        low, low_closed = -inf, False
        for each in self.intervals:
            gaps.append(
                Interval(low, each.low, low_closed, not each.low_closed and each.low > -inf)
            )
            low, low_closed = each.high, not each.high_closed
        gaps.append(Interval(low, inf, low_closed))
        return make_numbers((gap for gap in gaps if gap.low < inf), self.integer)

    def difference(self, other: Numbers) -> Numbers:
        """Return the numbers in this one only."""
        return self.intersection(other.complement())

    def witness(self) -> int | float:
        """Return a short number of it."""
        interval = self.intervals[0]
        found = (number for number in _candidates(interval) if interval.has(number))
        return next(found, interval.low)

    def show(self, subject: str) -> tuple[str, ...]:
        """Write it as conditions of which one holds."""
        return tuple(_show(each, subject) for each in self.intervals)


def make_numbers(intervals: Iterable[Interval], integer: bool) -> Numbers:
    """Bring intervals into rising order, drop empty ones and join those that touch."""
    pieces = [each.whole() if integer else each for each in intervals]
    joined: list[Interval] = []
    for each in sorted(pieces, key=lambda piece: (piece.low, not piece.low_closed)):
        if each.is_empty:
            continue
        last = joined[-1] if joined else None
        touches = last and (last.meets(each) or (integer and each.low == last.high + 1))
        if last is None or not touches:
            joined.append(each)
            continue
        end = max((last.high, last.high_closed), (each.high, each.high_closed))
        joined[-1] = Interval(last.low, end[0], last.low_closed, end[1])
    return Numbers(tuple(joined), integer)


def from_interval(
    low: float = -inf,
    high: float = inf,
    low_closed: bool = False,
    high_closed: bool = False,
    *,
    integer: bool,
) -> Numbers:
    """Return the numbers of one interval; without ends, all numbers."""
    return make_numbers((Interval(low, high, low_closed, high_closed),), integer)


def _endless(end: float) -> bool:
    return end in (-inf, inf)  # `isinf` fails for whole numbers beyond the floats


def _overlap(a: Interval, b: Interval) -> Interval:
    # At equal ends the open one is the narrower.
    low, low_open = max((a.low, not a.low_closed), (b.low, not b.low_closed))
    high, high_closed = min((a.high, a.high_closed), (b.high, b.high_closed))
    return Interval(low, high, not low_open, high_closed)


def _candidates(interval: Interval) -> Iterator[int | float]:
    """Yield numbers to try, the ones that read best first; one is in any interval wide enough."""
    low, high = interval.low, interval.high
    if interval.low_closed:
        yield low
    if interval.high_closed:
        yield high
    yield 0
    for digits in range(9):
        scale = 10**digits
        for number in (low, high):
            if not _endless(number):
                yield from _rounded(number, scale)
    yield low + (high - low) / 2


def _rounded(number: float, scale: int) -> Iterator[int | float]:
    for step in (floor(number * scale) + 1, ceil(number * scale) - 1):
        yield step if scale == 1 else step / scale


def _show(interval: Interval, subject: str) -> str:
    if interval.low == interval.high:
        return f"{subject} == {interval.low}"
    low = f"{interval.low} {'<=' if interval.low_closed else '<'} {subject}"
    high = f"{subject} {'<=' if interval.high_closed else '<'} {interval.high}"
    if _endless(interval.low) and _endless(interval.high):
        return f"{subject} is any number"
    if _endless(interval.low):
        return high
    if _endless(interval.high):
        return f"{subject} {'>=' if interval.low_closed else '>'} {interval.low}"
    return f"{low}{high.removeprefix(subject)}"
