"""Natural loops of a workflow, their nesting and their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from compiler.ir.graph import Edge, Graph
from compiler.ir.names import NodeId
from compiler.record import dataclass, replace


@dataclass(frozen=True, slots=True)
class Loop:
    """A natural loop: one entry (`header`); `body` holds the header; `exits` leave the body.

    `bound` is how often the body runs at most per entry from outside, None when no bound on its own edges
    stops every cycle through the header.
    """

    header: NodeId
    body: frozenset[NodeId]
    back: tuple[Edge, ...]
    exits: tuple[Edge, ...]
    parent: NodeId | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class LoopForest:
    """All loops by header, outer before inner, and the edges that make the graph irreducible.

    `innermost` maps a node to the header of the innermost loop it is in.
    """

    loops: Mapping[NodeId, Loop]
    innermost: Mapping[NodeId, NodeId]
    irreducible: tuple[Edge, ...]

    def enclosing(self, node: NodeId) -> tuple[NodeId, ...]:
        """Headers of the loops a node is in, innermost first."""
        found: list[NodeId] = []
        header = self.innermost.get(node)
        while header is not None:
            found.append(header)
            header = self.loops[header].parent
        return tuple(found)

    def owner(self, source: NodeId, target: NodeId) -> NodeId | None:
        """The header of the innermost loop that holds both ends of an edge: the loop its bound counts."""
        around = set(self.enclosing(target))
        return next((header for header in self.enclosing(source) if header in around), None)

    def is_back(self, edge: Edge) -> bool:
        """Whether an edge goes back to the header of a loop it is in."""
        loop = self.loops.get(edge.target)
        return loop is not None and edge.source in loop.body


@lru_cache(maxsize=8)
def find_loops(graph: Graph) -> LoopForest:
    """Find the natural loops: edges whose target dominates their source, and what lies between."""
    rank = {node: i for i, node in enumerate(graph.postorder)}
    back: dict[NodeId, list[Edge]] = {}
    irreducible: list[Edge] = []
    for node in graph.postorder:
        for edge in graph.out[node]:
            if rank[edge.target] < rank[node]:
                continue
            if graph.dominates(edge.target, node):
                back.setdefault(edge.target, []).append(edge)
            else:
                irreducible.append(edge)
    bodies = {header: _body(graph, header, edges) for header, edges in back.items()}
    headers = sorted(bodies, key=lambda header: (-len(bodies[header]), graph.index[header]))
    innermost: dict[NodeId, NodeId] = {}
    loops: dict[NodeId, Loop] = {}
    for header in headers:
        parent = innermost.get(header)
        for node in bodies[header]:
            innermost[node] = header
        loops[header] = Loop(
            header,
            bodies[header],
            tuple(back[header]),
            tuple(
                edge
                for node in sorted(bodies[header], key=graph.index.__getitem__)
                for edge in graph.out[node]
                if edge.target not in bodies[header]
            ),
            parent,
            None,
        )
    forest = LoopForest(loops, innermost, tuple(irreducible))
    owners = {
        (node, edge.target): forest.owner(node, edge.target)
        for node in graph.postorder
        for edge in graph.out[node]
        if edge.bound is not None
    }
    bounded = {
        header: replace(loop, bound=_bound(graph, owners, loop)) for header, loop in loops.items()
    }
    return replace(forest, loops=bounded)


def _body(graph: Graph, header: NodeId, back: list[Edge]) -> frozenset[NodeId]:
    """The nodes that reach a back edge without passing the header."""
    body = {header}
    stack = [edge.source for edge in back]
    while stack:
        node = stack.pop()
        if node not in body:
            body.add(node)
            stack.extend(before for before in graph.predecessors(node) if before in graph.reachable)
    return frozenset(body)


def _bound(
    graph: Graph, owners: Mapping[tuple[NodeId, NodeId], NodeId | None], loop: Loop
) -> int | None:
    """The largest bound on the way round, when no way round avoids a bounded edge of this loop.

    `owners` has the loop that the bound of each bounded edge counts; worked out once, as loops may nest deep.
    """
    bounds: list[int] = []
    seen = {loop.header}
    stack = [loop.header]
    while stack:
        node = stack.pop()
        for edge in graph.out[node]:
            if edge.target not in loop.body:
                continue
            if edge.bound is not None and owners[node, edge.target] == loop.header:
                bounds.append(edge.bound)
            elif edge.target == loop.header:
                return None
            elif edge.target not in seen:
                seen.add(edge.target)
                stack.append(edge.target)
    return max(bounds, default=None)
