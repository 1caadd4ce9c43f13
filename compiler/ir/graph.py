"""The workflow as a graph: edges, reachability, dominators.

All algorithms are iterative and near linear, so a chain of 10,000 nodes costs milliseconds and no recursion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from compiler.diagnostics.span import Span
from compiler.ir.exits import Choice, Exit
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import AgentBody, Node
from compiler.ir.workflow import Workflow
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of the graph; parallel edges between the same two nodes are one.

    `is_choice`: at most one of the source's choice edges is taken; the others are taken together, or, when
    the source has choice edges as well (`on_error: {goto}`, `handoff`), together or not at all.
    `bound` is the largest bound of the cases that lead this way; None when any of them is unbounded.
    """

    source: NodeId
    target: NodeId
    span: Span
    is_choice: bool
    bound: int | None = None


class Graph:
    """Edges of a workflow with START and END as nodes; nodes whose path ends lead to END."""

    def __init__(self, nodes: Iterable[NodeId], edges: Iterable[Edge]) -> None:
        self.nodes: tuple[NodeId, ...] = tuple(nodes)
        self.index: Mapping[NodeId, int] = {
            node: i for i, node in enumerate((START, *self.nodes, END))
        }
        out: dict[NodeId, list[Edge]] = {node: [] for node in self.index}
        into: dict[NodeId, list[Edge]] = {node: [] for node in self.index}
        for edge in edges:
            out[edge.source].append(edge)
            into[edge.target].append(edge)
        self.out: Mapping[NodeId, tuple[Edge, ...]] = {n: tuple(e) for n, e in out.items()}
        self.into: Mapping[NodeId, tuple[Edge, ...]] = {n: tuple(e) for n, e in into.items()}
        self._targets = {n: tuple([edge.target for edge in e]) for n, e in out.items()}
        self._sources = {n: tuple([edge.source for edge in e]) for n, e in into.items()}

    @classmethod
    def of(cls, workflow: Workflow) -> Graph:
        """Return the graph of a workflow, which is built once; targets that do not exist are left out."""
        if workflow.graph is None:
            object.__setattr__(workflow, "graph", cls._built(workflow))
        assert workflow.graph is not None
        return workflow.graph

    @classmethod
    def _built(cls, workflow: Workflow) -> Graph:
        known = {node.id for node in workflow.nodes} | {END}
        edges = [*_edges(START, workflow.entry, (), workflow.span, known)]
        for node in workflow.nodes:
            edges += _edges(node.id, node.exit, _extra_targets(node), node.span, known)
        return cls((node.id for node in workflow.nodes), edges)

    def successors(self, node: NodeId) -> tuple[NodeId, ...]:
        """The targets of a node's edges, in the order of the file."""
        return self._targets[node]

    def predecessors(self, node: NodeId) -> tuple[NodeId, ...]:
        """The sources of the edges into a node."""
        return self._sources[node]

    def is_fork(self, node: NodeId) -> bool:
        """Whether several edges of the node are taken at the same time."""
        return sum(not edge.is_choice for edge in self.out[node]) > 1

    @cached_property
    def reachable(self) -> frozenset[NodeId]:
        """Nodes that some path from START reaches, START included."""
        return _closure(START, self._targets)

    @cached_property
    def live(self) -> frozenset[NodeId]:
        """Nodes from which END can be reached, END included."""
        return _closure(END, self._sources)

    @cached_property
    def postorder(self) -> tuple[NodeId, ...]:
        """Reachable nodes in depth-first postorder; reversed it is a topological order of the forward edges."""
        return _postorder(START, self._targets)

    @cached_property
    def dominator(self) -> Mapping[NodeId, NodeId]:
        """The immediate dominator of each reachable node but START."""
        return _dominators(START, self.postorder, self._sources)

    @cached_property
    def postdominator(self) -> Mapping[NodeId, NodeId]:
        """The immediate postdominator of each live node but END: where all its paths meet again."""
        return _dominators(END, _postorder(END, self._sources), self._targets)

    def dominates(self, above: NodeId, below: NodeId) -> bool:
        """Whether every path from START to `below` passes `above`."""
        return self._spans[above][0] <= self._spans[below][0] < self._spans[above][1]

    @cached_property
    def _spans(self) -> Mapping[NodeId, tuple[int, int]]:
        """Preorder intervals of the dominator tree: an ancestor's interval holds its descendants'."""
        children: dict[NodeId, list[NodeId]] = {node: [] for node in self.postorder}
        for node, parent in self.dominator.items():
            children[parent].append(node)
        order: list[NodeId] = []
        stack = [START]
        while stack:
            node = stack.pop()
            order.append(node)
            stack += children[node]
        size = dict.fromkeys(order, 1)
        for node in reversed(order[1:]):
            size[self.dominator[node]] += size[node]
        return {node: (i, i + size[node]) for i, node in enumerate(order)}


def _extra_targets(node: Node) -> Iterator[tuple[NodeId, Span]]:
    for handler in node.on_error:
        if handler.target is not None:
            yield handler.target, handler.span
    if isinstance(node.body, AgentBody):
        for target in node.body.handoff:
            yield target, node.span


def _edges(
    source: NodeId,
    exit: Exit,
    extra: Iterable[tuple[NodeId, Span]],
    span: Span,
    known: set[NodeId],
) -> Iterator[Edge]:
    found: dict[NodeId, Edge] = {}
    if isinstance(exit, Choice):
        for target, place, bound in _choice_targets(exit):
            before = found.get(target)
            if before is not None:
                place = before.span
                bound = max(bound, before.bound) if bound and before.bound else None
            found[target] = Edge(source, target, place, is_choice=True, bound=bound)
    else:
        for arrow in exit.arrows:
            found.setdefault(arrow.target, Edge(source, arrow.target, arrow.span, is_choice=False))
        if not exit.arrows:
            found[END] = Edge(source, END, span, is_choice=False)
    for target, place in extra:
        found.setdefault(target, Edge(source, target, place, is_choice=True))
    yield from (edge for edge in found.values() if edge.target in known)


def _choice_targets(choice: Choice) -> Iterator[tuple[NodeId, Span, int | None]]:
    for case in choice.cases:
        yield case.target, case.span, case.bound
        if case.on_exhausted is not None:
            yield case.on_exhausted.target, case.on_exhausted.span, None


def _closure(root: NodeId, step: Mapping[NodeId, tuple[NodeId, ...]]) -> frozenset[NodeId]:
    seen = {root}
    stack = [root]
    while stack:
        for node in step[stack.pop()]:
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return frozenset(seen)


def _postorder(root: NodeId, step: Mapping[NodeId, tuple[NodeId, ...]]) -> tuple[NodeId, ...]:
    seen = {root}
    order: list[NodeId] = []
    stack = [(root, iter(step[root]))]
    while stack:
        node, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(step[target])))
                break
        else:
            order.append(node)
            stack.pop()
    return tuple(order)


def _dominators(
    root: NodeId,
    postorder: tuple[NodeId, ...],
    before: Mapping[NodeId, tuple[NodeId, ...]],
) -> Mapping[NodeId, NodeId]:
    """Immediate dominators after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001)."""
    rank = {node: i for i, node in enumerate(postorder)}
    parent = {root: root}
    changed = True
    while changed:
        changed = False
        for node in reversed(postorder):
            if node == root:
                continue
            best: NodeId | None = None
            for other in before[node]:
                if other not in parent:
                    continue
                best = other if best is None else _meet(best, other, parent, rank)
            if best is not None and parent.get(node) != best:
                parent[node] = best
                changed = True
    del parent[root]
    return parent


def _meet(
    a: NodeId, b: NodeId, parent: Mapping[NodeId, NodeId], rank: Mapping[NodeId, int]
) -> NodeId:
    while a != b:
        while rank[a] < rank[b]:
            a = parent[a]
        while rank[b] < rank[a]:
            b = parent[b]
    return a
