"""Which nodes can have run before which."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.ir.graph import Graph
from compiler.ir.names import START, NodeId
from compiler.ir.workflow import Workflow


def ancestors_of(workflow: Workflow) -> Mapping[NodeId, frozenset[NodeId]]:
    """Return for each node the nodes from which some path leads to it; in a loop that may be itself."""
    graph = Graph.of(workflow)
    found: dict[NodeId, frozenset[NodeId]] = {}
    for node in graph.nodes:
        seen: set[NodeId] = set()
        waiting = [*graph.predecessors(node)]
        while waiting:
            each = waiting.pop()
            if each != START and each not in seen:
                seen.add(each)
                waiting += graph.predecessors(each)
        found[node] = frozenset(seen)
    return found
