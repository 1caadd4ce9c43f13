"""Which nodes can run at the same time.

Two nodes can when neither comes after the other and some fork starts both: there are paths to them, through
two targets that are taken together, that share no node. Where the paths always share one, either the two are
the two ways of one choice, or one of them waits for the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from compiler.ir.names import START, NodeId
from compiler.passes.alternatives import Alternative
from compiler.passes.analysis import Analysis


class Concurrency:
    """Answers for one workflow whose graph is sound. Loops are seen one iteration at a time."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._rank = analysis.rank

    def comes_before(self, first: NodeId, second: NodeId) -> bool:
        """Whether a forward path leads from `first` to `second`."""
        return bool(self._descendants[first] >> self._rank[second] & 1)

    def are_ordered(self, one: NodeId, other: NodeId) -> bool:
        """Whether one of the two comes before the other."""
        return self.comes_before(one, other) or self.comes_before(other, one)

    def find_fork(self, one: NodeId, other: NodeId) -> NodeId | None:
        """Return a node that starts both at the same time; None when they never run together."""
        if one == other or self.are_ordered(one, other):
            return None
        above = self._common_dominator(one, other)
        alternatives = self._analysis.alternatives[above]
        if len(alternatives) == 1:
            return above
        both = 1 << self._rank[one] | 1 << self._rank[other]
        for fork, alternative in self._forks:
            if self._rank[fork] < self._rank[above] or self._descendants[fork] & both != both:
                continue
            if self._has_separate_paths(alternative, one, other):
                return fork
        return None

    @cached_property
    def _descendants(self) -> Mapping[NodeId, int]:
        """A bit per later node, at its rank; whole numbers make unions of large sets cheap."""
        analysis = self._analysis
        found: dict[NodeId, int] = {}
        for node in reversed(analysis.order):
            mask = 0
            for target in analysis.graph.successors(node):
                if not analysis.goes_back(node, target):
                    mask |= found[target] | 1 << self._rank[target]
            found[node] = mask
        return found

    @cached_property
    def _forks(self) -> tuple[tuple[NodeId, Alternative], ...]:
        return tuple(
            (node, alternative)
            for node in self._analysis.order
            for alternative in self._analysis.alternatives[node]
            if len(alternative.targets) > 1
        )

    def _common_dominator(self, one: NodeId, other: NodeId) -> NodeId:
        dominator = self._analysis.graph.dominator
        while one != other:
            if self._rank[one] > self._rank[other]:
                one = dominator[one]
            else:
                other = dominator[other]
        return one

    def _has_separate_paths(self, alternative: Alternative, one: NodeId, other: NodeId) -> bool:
        """Whether no single node is on all paths from the targets to the two nodes (Menger, 1927)."""
        last = max(self._rank[one], self._rank[other])
        starts = {*alternative.targets}
        above: dict[NodeId, NodeId] = {}
        for node in self._analysis.order[: last + 1]:
            sources = [e.source for e in self._analysis.forward_into[node] if e.source in above]
            if node in starts:
                above[node] = START
            elif sources:
                above[node] = self._meet(above, sources)
        return one in above and other in above and self._meet(above, [one, other]) == START

    def _meet(self, above: Mapping[NodeId, NodeId], nodes: list[NodeId]) -> NodeId:
        """The last node on all paths to all of `nodes`; START stands for the fork itself."""
        found = nodes[0]
        for node in nodes[1:]:
            while node != found:
                if self._rank[node] > self._rank[found]:
                    node = above[node]
                else:
                    found = above[found]
        return found
