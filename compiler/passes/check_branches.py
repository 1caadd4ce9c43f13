"""Report parallel branches that leave a loop while others are still inside it.

draft -> [facts, style]
facts: if state.bad -> END             AC507 here: `style` may still be running in the loop
       else -> review
style -> review
review: if state.ok -> END, else -> draft max 3
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.ir.graph import Edge
from compiler.ir.loops import Loop
from compiler.ir.names import NodeId
from compiler.ir.workflow import Workflow
from compiler.passes.alternatives import Alternative
from compiler.passes.analysis import Analysis
from compiler.passes.words import join_names


def check_branches(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC507 once per fork; every other exit of the loop waits for all branches of it."""
    if analysis.loops.irreducible:
        return analysis.workflow
    for header, loop in analysis.loops.loops.items():
        forks = [
            (node, alternative)
            for node in sorted(loop.body, key=analysis.rank.__getitem__)
            if analysis.loops.innermost[node] == header
            for alternative in analysis.alternatives[node]
            if len(alternative.targets) > 1
        ]
        if forks:
            meets = _Meeting(analysis, loop)
            for node, alternative in forks:
                if not meets.before_leaving(node, alternative.targets):
                    _report(analysis, loop, node, alternative, sink)
    return analysis.workflow


class _Meeting:
    """Where paths inside one loop meet again before they leave it or go back."""

    def __init__(self, analysis: Analysis, loop: Loop) -> None:
        self._loop = loop
        order = sorted(loop.body, key=analysis.rank.__getitem__)
        self._rank = {node: i for i, node in enumerate(order)}
        self._next: dict[NodeId, NodeId | None] = {}
        for node in reversed(order):
            inner = analysis.loops.loops.get(node)
            is_inner = inner is not None and node != loop.header
            targets = [
                edge.target
                for edge in (inner.exits if inner and is_inner else analysis.graph.out[node])
                if is_inner or not self._is_inner_back(analysis, edge)
            ]
            self._next[node] = self._meet(targets)

    def before_leaving(self, node: NodeId, targets: tuple[NodeId, ...]) -> bool:
        """Whether branches to all targets meet while they are in the loop."""
        return self._meet([*targets]) is not None

    def _is_inner_back(self, analysis: Analysis, edge: Edge) -> bool:
        return edge.target != self._loop.header and analysis.goes_back(edge.source, edge.target)

    def _meet(self, targets: list[NodeId]) -> NodeId | None:
        """The first node that all paths from all targets pass; None when some path leaves before."""
        found: NodeId | None = None
        for i, target in enumerate(targets):
            at: NodeId | None = target if self._is_inside(target) else None
            if i == 0:
                found = at
                continue
            while at != found:
                if at is None or found is None:
                    return None
                if self._rank[at] < self._rank[found]:
                    at = self._next[at]
                else:
                    found = self._next[found]
        return found

    def _is_inside(self, target: NodeId) -> bool:
        return target in self._rank and target != self._loop.header


def _report(
    analysis: Analysis, loop: Loop, fork: NodeId, alternative: Alternative, sink: Sink
) -> None:
    first, branch = min(
        ((edge, target) for target, edge in _leaving(analysis, loop, fork, alternative)),
        key=lambda each: (_is_shared(analysis, loop, each[0], alternative), each[0].span.start),
    )
    others = [target for target in alternative.targets if target != branch]
    does = "goes back to" if first.target == loop.header else "leaves the loop of"
    sink.report(
        "AC507",
        first.span,
        f"the branch of `{branch}` {does} `{loop.header}` while"
        f" {join_names(others, 'or')} may still be running in the loop",
        label="leaves alone",
        related=(Label(analysis.span_of(fork), "the branches start here"),),
        help=f"let the branches from `{fork}` meet in one node first, and leave the loop from there",
    )


def _leaving(
    analysis: Analysis, loop: Loop, fork: NodeId, alternative: Alternative
) -> Iterator[tuple[NodeId, Edge]]:
    """Yield the edges out of the loop, or back, that each branch can take."""
    for target in alternative.targets:
        if target not in loop.body or target == loop.header:
            yield target, next(e for e in analysis.graph.out[fork] if e.target == target)
            continue
        for node in _inside(analysis, loop, target):
            for edge in analysis.graph.out[node]:
                if edge.target not in loop.body or edge.target == loop.header:
                    yield target, edge


def _is_shared(analysis: Analysis, loop: Loop, edge: Edge, alternative: Alternative) -> bool:
    """Whether all branches can take the edge; one that few can take shows the mistake better."""
    return all(
        target in loop.body and edge.source in _inside(analysis, loop, target)
        for target in alternative.targets
    )


def _inside(analysis: Analysis, loop: Loop, root: NodeId) -> frozenset[NodeId]:
    """What a branch reaches in the loop without going back."""
    seen = {root}
    stack = [root]
    while stack:
        for target in analysis.graph.successors(stack.pop()):
            if target in loop.body and target != loop.header and target not in seen:
                seen.add(target)
                stack.append(target)
    return frozenset(seen)
