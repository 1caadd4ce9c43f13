"""The workflow as nested levels without cycles: the whole, and the body of each loop; inner loops are one vertex.

START -> a -> b; b: if ok -> END, else -> a max 3; -> …
level of START:  START -> a -> DONE           `a` stands for its loop, its ways are the loop's exits
level of a:      a -> b; b: DONE or BACK (bounded)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from compiler.ir.graph import Graph
from compiler.ir.loops import LoopForest
from compiler.ir.names import END, START, NodeId
from compiler.record import dataclass

DONE: Final = NodeId("(done)")
"""What leaves the level, or ends the run."""
BACK: Final = NodeId("(back)")
"""What goes back to the header of the loop."""


@dataclass(frozen=True, slots=True)
class Way:
    """Targets taken together, on one level. `is_bounded`: it cannot be taken in the loop's last iteration."""

    targets: tuple[NodeId, ...]
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its vertices in topological order, the first one being where it is entered.

    `meets` gives for a vertex where all its ways meet again (a vertex, DONE or BACK); None when some lead to
    DONE and some to BACK.
    """

    root: NodeId
    order: tuple[NodeId, ...]
    ways: Mapping[NodeId, tuple[Way, ...]]
    meets: Mapping[NodeId, NodeId | None]
    inner: frozenset[NodeId]
    """The vertices that stand for a loop: its headers."""


@dataclass(frozen=True, slots=True)
class RawWay:
    """An alternative of a node, before levels."""

    targets: tuple[NodeId, ...]
    bound: int | None = None


def make_levels(
    graph: Graph, loops: LoopForest, ways: Mapping[NodeId, tuple[RawWay, ...]]
) -> tuple[Level, ...]:
    """Return the levels, inner ones first, that of START last. The graph must be sound."""
    order = [node for node in reversed(graph.postorder) if node != END]
    members: dict[NodeId, list[NodeId]] = {START: []}
    for node in order:
        inside = loops.innermost.get(node)
        if inside == node:
            # A header is the first vertex of its own loop, and stands for the loop one level up.
            members[node] = [node]
            members[loops.loops[node].parent or START].append(node)
        else:
            members[inside or START].append(node)
    inner_first = [*reversed([*loops.loops]), START]
    return tuple(_make_level(graph, loops, ways, root, members[root]) for root in inner_first)


def _make_level(
    graph: Graph,
    loops: LoopForest,
    raw: Mapping[NodeId, tuple[RawWay, ...]],
    root: NodeId,
    order: list[NodeId],
) -> Level:
    own = frozenset(order)
    loop = loops.loops.get(root)

    def place(target: NodeId) -> NodeId:
        """The vertex of this level that a target is, or is in."""
        if loop is not None and target == root:
            return BACK
        if target in own:
            return target
        return DONE

    ways: dict[NodeId, tuple[Way, ...]] = {}
    for node in order:
        if node != root and node in loops.loops:
            exits = loops.loops[node].exits
            found = [
                Way(
                    (place(edge.target),),
                    _is_bounded(loops, root, edge.source, edge.target, edge.bound),
                )
                for edge in exits
            ]
        else:
            found = [
                Way(
                    tuple(dict.fromkeys(place(t) for t in each.targets)),
                    all(_is_bounded(loops, root, node, t, each.bound) for t in each.targets),
                )
                for each in raw[node]
            ]
        ways[node] = tuple(dict.fromkeys(found)) or (Way((DONE,)),)
    return Level(
        root, tuple(order), ways, _find_meets(order, ways), own & loops.loops.keys() - {root}
    )


def _is_bounded(
    loops: LoopForest, root: NodeId, source: NodeId, target: NodeId, bound: int | None
) -> bool:
    return bound is not None and loops.owner(source, target) == root


def _find_meets(
    order: list[NodeId], ways: Mapping[NodeId, tuple[Way, ...]]
) -> dict[NodeId, NodeId | None]:
    """Find the immediate postdominators, from the last vertex to the first."""
    rank = {node: i for i, node in enumerate(order)} | {DONE: len(order), BACK: len(order)}
    meets: dict[NodeId, NodeId | None] = {DONE: None, BACK: None}
    for node in reversed(order):
        found: NodeId | None = None
        is_first = True
        for way in ways[node]:
            for target in way.targets:
                at: NodeId | None = target
                if is_first:
                    found, is_first = at, False
                while found is not None and at is not None and at != found:
                    if rank[at] < rank[found]:
                        at = meets[at]
                    else:
                        found = meets[found]
                if at is None:
                    found = None
        meets[node] = found
    return meets
