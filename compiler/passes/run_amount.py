"""What a whole run takes, from what each node takes: choices, forks, joins and loops added up.

One of the ways of a choice counts (the least and the most of them); all branches of a fork count, each node
behind them once. A loop runs its body once at least and as often as its bound allows at most; in its last
iteration the bounded ways are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce

from compiler.ir.names import START, NodeId
from compiler.passes.amounts import NOTHING, Amount, Range
from compiler.passes.levels import BACK, DONE, Level, Way


def sum_run(
    levels: tuple[Level, ...],
    amounts: Mapping[NodeId, Amount],
    bound_of: Callable[[NodeId], float],
) -> Amount:
    """Return what a run takes.

    Args:
        levels: those of the workflow.
        amounts: what each node takes when it runs.
        bound_of: how often the body of a loop runs at most, by its header; may be infinite.
    """
    known = dict(amounts)
    whole = NOTHING
    for level in levels:
        sums = _LevelSum(level, known)
        if level.root == START:
            whole = sums.through(DONE) or NOTHING
            continue
        known[level.root] = _loop(sums, bound_of(level.root))
    return whole


def _loop(sums: _LevelSum, bound: float) -> Amount:
    """Add up the iterations: any but the last goes back, the last one leaves."""
    leaves = sums.through(DONE) or NOTHING
    last = sums.through(DONE, is_last=True) or leaves
    back = sums.through(BACK) or NOTHING
    rounds = back.times(Range(0, bound - 1)).plus(last)
    if bound <= 1:
        return last
    return rounds.either(leaves.plus(back.times(Range(0, bound - 2))))


class _LevelSum:
    """Amounts between the vertices of one level."""

    def __init__(self, level: Level, amounts: Mapping[NodeId, Amount]) -> None:
        self._level = level
        self._amounts = amounts
        self._rank = {node: i for i, node in enumerate(level.order)}
        self._step: dict[NodeId, Amount] = {}
        self._reach = self._reached()
        wanted = self._wanted()
        for node in reversed(level.order):
            meet = level.meets[node]
            if node in wanted and meet is not None:
                self._step[node] = self._own(node).plus(self._any_way(node, meet))

    def through(self, sink: NodeId, *, is_last: bool = False) -> Amount | None:
        """Return what it takes from the root to a sink; None when no way leads there."""
        level = self._level
        found: dict[NodeId, Amount | None] = {sink: NOTHING}
        for node in reversed(level.order):
            meet = level.meets[node]
            if meet is not None:
                rest = found.get(meet)
                step = self._step.get(node)
                found[node] = None if rest is None or step is None else step.plus(rest)
                continue
            rests = [
                rest
                for way in level.ways[node]
                if not (is_last and way.is_bounded)
                for target in way.targets
                if (rest := found.get(target)) is not None
            ]
            found[node] = self._own(node).plus(reduce(Amount.either, rests)) if rests else None
        return found[level.root]

    def _own(self, node: NodeId) -> Amount:
        """What a vertex takes itself; a header's own level counts the header, not its loop."""
        return self._amounts.get(node, NOTHING)

    def _wanted(self) -> set[NodeId]:
        """The vertices whose steps are needed; those behind tangled branches are added up one by one."""
        level = self._level
        wanted: set[NodeId] = set()
        for node in level.order:
            meet = level.meets[node]
            if node == level.root or node in wanted or meet is None:
                wanted.add(node)
            else:
                continue
            if meet is None:
                wanted.update(t for way in level.ways[node] for t in way.targets)
                continue
            wanted.add(meet)
            for way in level.ways[node]:
                for group in self._groups(way, meet):
                    if len(group) == 1:
                        wanted.update(self._chain(group[0], meet))
        return wanted

    def _chain(self, node: NodeId, meet: NodeId) -> Iterator[NodeId]:
        at: NodeId | None = node
        while at is not None and at != meet:
            yield at
            at = self._level.meets[at]

    def _any_way(self, node: NodeId, meet: NodeId) -> Amount:
        return reduce(Amount.either, (self._together(way, meet) for way in self._level.ways[node]))

    def _together(self, way: Way, meet: NodeId) -> Amount:
        total = NOTHING
        for group in self._groups(way, meet):
            if len(group) == 1:
                for node in self._chain(group[0], meet):
                    total = total.plus(self._step[node])
            else:
                total = total.plus(self._tangled(group, meet))
        return total

    def _groups(self, way: Way, meet: NodeId) -> list[list[NodeId]]:
        """The targets, those together whose branches share vertices before they meet."""
        if len(way.targets) == 1:
            return [[*way.targets]]
        groups: list[tuple[list[NodeId], int]] = []
        seen = 0
        for target in way.targets:
            nodes, mask = [target], self._between(target, meet)
            # Most branches share nothing: then there is no group to look for.
            for other in [each for each in groups if each[1] & mask] if seen & mask else ():
                groups.remove(other)
                nodes, mask = other[0] + nodes, mask | other[1]
            groups.append((nodes, mask))
            seen |= mask
        return [nodes for nodes, _ in groups]

    def _tangled(self, starts: list[NodeId], meet: NodeId) -> Amount:
        """Branches that share vertices: each vertex runs once at most; surely, if all ways to it are sure."""
        mask = reduce(int.__or__, (self._between(start, meet) for start in starts))
        sure = {*starts}
        total = NOTHING
        while mask:
            low = mask & -mask
            mask ^= low
            node = self._level.order[low.bit_length() - 1]
            ways = self._level.ways[node]
            if node in sure and len(ways) == 1:
                sure.update(ways[0].targets)
            own = self._own(node)
            total = total.plus(own if node in sure else own.either(NOTHING))
        return total

    def _reached(self) -> dict[NodeId, int]:
        """A bit per vertex that can be reached, itself included."""
        if all(len(way.targets) == 1 for ways in self._level.ways.values() for way in ways):
            return {}
        found: dict[NodeId, int] = {DONE: 0, BACK: 0}
        for node in reversed(self._level.order):
            mask = 1 << self._rank[node]
            for way in self._level.ways[node]:
                for target in way.targets:
                    mask |= found[target]
            found[node] = mask
        return found

    def _between(self, node: NodeId, meet: NodeId) -> int:
        return self._reach[node] & ~self._reach[meet]
