"""Run nodes of a chain at the same time when they need nothing of each other.

    START -> facts -> style -> merge        START -> [facts, style] -> merge
    facts: reads topic, writes facts
    style: reads topic, writes style
    merge: reads facts, style

Each node of a chain then waits only for those before it that it depends on: it reads or writes what they
write, or writes what they read, or one of the two changes the outside world and the other one touches it.
What others could notice keeps its place: a node that changes the outside waits for all before it, because
they may fail. Nodes with `order: strict`, human nodes, and nodes with several exits stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from compiler.ir.exits import Arrow, Choice, Exit, Goto
from compiler.ir.names import START, FieldName, NodeId
from compiler.ir.nodes import HumanBody, SetBody
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.effects import Touch, touch_of
from compiler.passes.merge_order import merge_order
from compiler.passes.report import Report
from compiler.passes.words import join_names
from compiler.record import dataclass, replace

_Dependencies = Mapping[NodeId, tuple[NodeId, ...]]


def parallelize_sequences(analysis: Analysis) -> tuple[Workflow, tuple[Report, ...]]:
    """Return the workflow with independent nodes of its chains side by side."""
    workflow = analysis.workflow
    if workflow.is_strict or not analysis.is_sound:
        return workflow, ()
    plans = [plan for chain in _chains(analysis) if (plan := _plan(analysis, chain)) is not None]
    found = _try(analysis, plans)
    if found is None:
        # Together they would reorder merges; those that do not are found one by one.
        plans = [plan for plan in plans if _try(analysis, [plan]) is not None]
        found = _try(analysis, plans)
    if found is None or not plans:
        return workflow, ()
    return found, tuple(_report(plan.together) for plan in plans)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A chain, what each of its nodes waits for, and the slow nodes that then run side by side."""

    chain: tuple[NodeId, ...]
    needs: Mapping[NodeId, tuple[NodeId, ...]]
    together: tuple[NodeId, ...]


def _plan(analysis: Analysis, chain: tuple[NodeId, ...]) -> _Plan | None:
    needs = _dependencies(analysis, chain)
    together = _together(analysis, chain, needs)
    return _Plan(chain, needs, together) if together else None


def _try(analysis: Analysis, plans: Sequence[_Plan]) -> Workflow | None:
    """Carry plans out; None when the order in which fields take their values would change."""
    rewired = _rewire(analysis, plans)
    after = Analysis(rewired)
    if after.is_sound and merge_order(after, after.nodes) == merge_order(analysis, analysis.nodes):
        return rewired
    return None


def _chains(analysis: Analysis) -> Iterator[tuple[NodeId, ...]]:
    """Yield the runs of movable nodes, each the only way on from the one before."""
    taken: set[NodeId] = set()
    for node in analysis.order:
        if node in taken or not _is_movable(analysis, node):
            continue
        chain = [node]
        while (after := _only_next(analysis, chain[-1])) is not None:
            chain.append(after)
        taken.update(chain)
        while chain and not _can_start(analysis, chain[0]):
            del chain[0]
        while chain and not _can_end(analysis, chain[-1]):
            chain.pop()
        if len(chain) > 1:
            yield tuple(chain)


def _is_movable(analysis: Analysis, node: NodeId) -> bool:
    found = analysis.nodes.get(node)
    return (
        found is not None
        and not found.is_strict
        and not isinstance(found.body, HumanBody)
        and not isinstance(found.exit, Choice)
        and len(analysis.alternatives[node]) == 1
        and node not in analysis.loops.loops
    )


def _only_next(analysis: Analysis, node: NodeId) -> NodeId | None:
    targets = analysis.graph.successors(node)
    if len(targets) != 1 or not _is_movable(analysis, targets[0]):
        return None
    is_only = analysis.graph.predecessors(targets[0]) == (node,)
    return targets[0] if is_only and _are_level(analysis, node, targets[0]) else None


def _are_level(analysis: Analysis, one: NodeId, other: NodeId) -> bool:
    """Whether both are in the same loops."""
    innermost = analysis.loops.innermost
    return innermost.get(one) == innermost.get(other)


def _can_start(analysis: Analysis, node: NodeId) -> bool:
    """Whether all ways to the node can lead to others as well: no choice picks it."""
    return all(
        not edge.is_choice and _are_level(analysis, edge.source, node)
        for edge in analysis.graph.into[node]
        if edge.source in analysis.graph.reachable
    )


def _can_end(analysis: Analysis, node: NodeId) -> bool:
    """Whether several nodes may lead to where this one leads: not back, and not out of a loop."""
    return all(
        target not in analysis.loops.loops and _are_level(analysis, node, target)
        for target in analysis.graph.successors(node)
    )


def _dependencies(analysis: Analysis, chain: Sequence[NodeId]) -> _Dependencies:
    """Map each node of the chain to those it must wait for, without those it waits for anyway."""
    reads = {node: _fields_read(analysis, node) for node in chain}
    writes = {node: {w.field for w in analysis.writes[node]} for node in chain}
    touches = {node: touch_of(analysis.workflow, analysis.nodes[node]) for node in chain}
    direct: dict[NodeId, tuple[NodeId, ...]] = {}
    waits_for: dict[NodeId, set[NodeId]] = {}
    for i, node in enumerate(chain):
        known: set[NodeId] = set()
        found: list[NodeId] = []
        for before in reversed(chain[:i]):
            if before in known:
                continue
            if (
                touches[node] is Touch.CHANGES
                or (touches[before] is Touch.CHANGES and touches[node] is not Touch.NOTHING)
                or writes[before] & (reads[node] | writes[node])
                or reads[before] & writes[node]
            ):
                found.append(before)
                known |= {before} | waits_for[before]
        direct[node] = tuple(reversed(found))
        waits_for[node] = known
    return direct


def _fields_read(analysis: Analysis, node: NodeId) -> set[FieldName]:
    called = analysis.called_from.get(node, ())
    return {read.field for each in (node, *called) for read in analysis.reads[each]}


def _together(
    analysis: Analysis, chain: Sequence[NodeId], needs: _Dependencies
) -> tuple[NodeId, ...]:
    """The nodes that take time and now run beside another one that does; setting values takes none."""
    slow = [node for node in chain if not isinstance(analysis.nodes[node].body, SetBody)]
    before: dict[NodeId, set[NodeId]] = {}
    for node in chain:
        before[node] = {*needs[node]}.union(*(before[each] for each in needs[node]))
    return tuple(
        node
        for node in slow
        if any(
            other != node and node not in before[other] and other not in before[node]
            for other in slow
        )
    )


def _rewire(analysis: Analysis, plans: Sequence[_Plan]) -> Workflow:
    """Lead what led to each chain to its first nodes, and its last nodes to where it led."""
    workflow = analysis.workflow
    exits: dict[NodeId, Exit] = {START: workflow.entry}
    exits.update((node.id, node.exit) for node in workflow.nodes)

    def arrows_to(targets: Iterable[NodeId]) -> tuple[Arrow, ...]:
        return tuple(Arrow(target, analysis.nodes[target].span) for target in targets)

    # Later chains first: then what leads to one has not been moved yet.
    for plan in sorted(plans, key=lambda plan: -analysis.rank[plan.chain[0]]):
        firsts = arrows_to(node for node in plan.chain if not plan.needs[node])
        for source in dict.fromkeys(analysis.graph.predecessors(plan.chain[0])):
            exit = exits[source]
            if isinstance(exit, Goto):
                exits[source] = Goto(tuple(_replaced(exit.arrows, plan.chain[0], firsts)))
        onward = exits[plan.chain[-1]]
        for node in plan.chain:
            waiting = arrows_to(other for other in plan.chain if node in plan.needs[other])
            exits[node] = Goto(waiting) if waiting else onward
    return replace(
        workflow,
        entry=exits[START],
        nodes=tuple(
            node if exits[node.id] is node.exit else replace(node, exit=exits[node.id])
            for node in workflow.nodes
        ),
    )


def _replaced(
    arrows: Iterable[Arrow], target: NodeId, others: tuple[Arrow, ...]
) -> Iterator[Arrow]:
    for arrow in arrows:
        if arrow.target == target:
            yield from others
        else:
            yield arrow


def _report(together: tuple[NodeId, ...]) -> Report:
    if len(together) == 2:
        text = f"{join_names(together)} run at the same time: neither needs what the other writes"
    else:
        text = f"{join_names(together)} wait only for those of them whose results they need"
    return Report(text, together)
