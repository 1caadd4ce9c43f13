"""Parallel regions: the parts of a workflow in which several nodes may run at the same time.

Outside of them exactly one node runs at any time, so a plain LangGraph edge means what the language says. Inside,
joins, dead paths and separate views of the state need the data-flow form (`Flow` of the runtime library).

    START -> plan -> [facts -> check, style] -> write     the region of `plan`: facts, check, style; its join: write
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush

from compiler.ir.graph import Graph
from compiler.ir.loops import LoopForest
from compiler.ir.names import END, NodeId
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """Everything between a fork and the place where all its branches have met again.

    `nodes` is in canonical order. `holds_head`: the head itself is the first of `nodes`, because a choice of
    the head leads into the region. `head` may be START; `join` may be END or the header of a loop around it.
    """

    head: NodeId
    holds_head: bool
    nodes: tuple[NodeId, ...]
    join: NodeId


def find_regions(graph: Graph, loops: LoopForest) -> tuple[Region, ...]:
    """Find the outermost regions, in canonical order of their heads.

    The workflow must have passed the graph checks: every node reachable and live, no irreducible cycle.
    """
    taken: set[NodeId] = set()
    found: list[Region] = []
    for head in reversed(graph.postorder):
        if head in taken or not graph.is_fork(head):
            continue
        region = _grow(graph, loops, head)
        if region.head != head:
            inside = set(region.nodes)
            found = [other for other in found if not inside.issuperset(other.nodes)]
        found.append(region)
        taken.update(region.nodes)
    return tuple(found)


def _grow(graph: Graph, loops: LoopForest, head: NodeId) -> Region:
    """Widen the region of a fork until it is entered at its head only."""
    while True:
        join = graph.postdominator[head]
        inside = nodes_between(graph, head, join)
        entered = [
            edge.source
            for node in inside
            for edge in graph.into[node]
            if edge.source not in inside and not graph.dominates(head, edge.source)
        ]
        if not entered:
            holds_head = any(edge.is_choice for edge in graph.out[head])
            members = inside | {head} if holds_head else inside
            return Region(head, holds_head, canonical_order(graph, loops, members), join)
        while any(not graph.dominates(head, source) for source in entered):
            head = graph.dominator[head]


def nodes_between(graph: Graph, head: NodeId, join: NodeId) -> frozenset[NodeId]:
    """Nodes on paths from `head` to `join`, without both."""
    seen: set[NodeId] = set()
    stack = list(graph.successors(head))
    while stack:
        node = stack.pop()
        if node not in seen and node not in (head, join, END):
            seen.add(node)
            stack.extend(graph.successors(node))
    return frozenset(seen)


def canonical_order(
    graph: Graph, loops: LoopForest, members: Iterable[NodeId]
) -> tuple[NodeId, ...]:
    """Order nodes as contributions are merged: topologically, ready nodes in the order of the file.

    A loop that lies wholly among `members` counts as one node at its header's place; its body follows its
    header, ordered in the same way.
    """
    return tuple(_ordered(graph, loops, frozenset(members), None))


def _ordered(
    graph: Graph, loops: LoopForest, inside: frozenset[NodeId], within: NodeId | None
) -> Iterator[NodeId]:
    """Order `inside`; `within` is the header of the loop whose body it is."""
    units = _units(loops, inside, within)
    members: dict[NodeId, list[NodeId]] = {}
    for node, unit in units.items():
        members.setdefault(unit, []).append(node)
    waiting = dict.fromkeys(members, 0)
    leads: dict[NodeId, list[NodeId]] = {unit: [] for unit in members}
    for node, unit in units.items():
        for target in graph.successors(node):
            after = units.get(target)
            if after is not None and after != unit and target != within:
                leads[unit].append(after)
                waiting[after] += 1
    ready = [(graph.index[unit], unit) for unit, count in waiting.items() if not count]
    heapify(ready)
    while ready:
        _, unit = heappop(ready)
        if len(members[unit]) > 1:
            yield from _ordered(graph, loops, frozenset(members[unit]), unit)
        else:
            yield unit
        for after in leads[unit]:
            waiting[after] -= 1
            if not waiting[after]:
                heappush(ready, (graph.index[after], after))


def _units(
    loops: LoopForest, inside: frozenset[NodeId], within: NodeId | None
) -> dict[NodeId, NodeId]:
    """Map each node to the header of the outermost loop around it that lies wholly inside, else to itself."""
    whole: dict[NodeId, bool] = {}
    units: dict[NodeId, NodeId] = {}
    for node in inside:
        units[node] = node
        for header in loops.enclosing(node):
            if header == within:
                break
            if header not in whole:
                whole[header] = loops.loops[header].body <= inside
            if whole[header]:
                units[node] = header
    return units
