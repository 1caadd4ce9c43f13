"""When the nodes of a workflow run, by rule of thumb: its waves, its longest way, and the model calls it takes.

The times are guesses for comparing two forms of one workflow, not for telling how long a run takes: a loop counts
for two rounds, one of several choices for the longest, a map for one item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from compiler.ir.graph import Graph
from compiler.ir.loops import LoopForest, find_loops
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import (
    AgentBody,
    Body,
    CodeBody,
    FunctionBody,
    LlmBody,
    Node,
    ToolBody,
    WorkflowBody,
)
from compiler.ir.workflow import Workflow
from compiler.record import dataclass

SECONDS: Final[Mapping[type[Body], float]] = {
    LlmBody: 2.0,
    AgentBody: 8.0,
    ToolBody: 0.5,
    CodeBody: 0.1,
    FunctionBody: 0.1,
}
"""How long a node of a kind is taken to run, in seconds; other kinds take no time of the machine's."""

AGENT_CALLS: Final = 4
ROUNDS: Final = 2
"""How often a loop is taken to run, if its bound allows that."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The times of one workflow.

    Args:
        waves: a number for each node: 1 for those that can start at once, else one more than the last node
            it waits for has.
        critical: the nodes on the longest way from START to END, in their order.
        seconds: how long that way takes.
        calls: how many model calls a run makes that takes all branches.
    """

    waves: Mapping[NodeId, int]
    critical: tuple[NodeId, ...]
    seconds: float
    calls: int


def schedule(workflow: Workflow) -> Schedule:
    """Return the schedule of a workflow whose graph is sound, its sub-workflows included."""
    inner = {child.key: schedule(child.workflow) for child in workflow.children}
    graph = Graph.of(workflow)
    loops = find_loops(graph)
    nodes = {node.id: node for node in workflow.nodes}
    waves: dict[NodeId, int] = {START: 0}
    ends: dict[NodeId, float] = {START: 0.0}
    before: dict[NodeId, NodeId] = {}
    calls = 0
    for id in reversed(graph.postorder):
        if id == START:
            continue
        sources = [e.source for e in graph.into[id] if e.source in ends and not loops.is_back(e)]
        before[id] = max(sources, key=ends.__getitem__)
        waves[id] = 1 + max(waves[source] for source in sources)
        ends[id] = ends[before[id]]
        if id != END:
            rounds = _rounds(loops, nodes[id])
            ends[id] += rounds * _seconds(nodes[id], inner)
            calls += rounds * _calls(nodes[id], inner)
    way: list[NodeId] = []
    at = before.get(END, START)
    while at != START:
        way.append(at)
        at = before[at]
    found = {id: wave for id, wave in waves.items() if id in nodes}
    return Schedule(found, tuple(reversed(way)), ends.get(END, 0.0), calls)


def _rounds(loops: LoopForest, node: Node) -> int:
    """How often a node does its work."""
    rounds = 1
    for header in loops.enclosing(node.id):
        if header not in node.settled_in:
            rounds *= min(loops.loops[header].bound or ROUNDS, ROUNDS)
    return rounds


def _seconds(node: Node, inner: Mapping[str, Schedule]) -> float:
    if isinstance(node.body, WorkflowBody):
        return inner[node.body.child].seconds if node.body.child in inner else 0.0
    return SECONDS.get(type(node.body), 0.0)


def _calls(node: Node, inner: Mapping[str, Schedule]) -> int:
    match node.body:
        case LlmBody():
            return 1
        case AgentBody(max_turns=turns):
            return min(turns, AGENT_CALLS)
        case WorkflowBody(child=child) if child in inner:
            return inner[child].calls
        case _:
            return 0
