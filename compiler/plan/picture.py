"""A workflow as boxes and arrows: what every drawing of it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from compiler.ir.exits import Choice, Exit
from compiler.ir.graph import Edge, Graph
from compiler.ir.loops import find_loops
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import (
    AgentBody,
    CodeBody,
    FunctionBody,
    HumanBody,
    LlmBody,
    Node,
    SetBody,
    ToolBody,
    WorkflowBody,
)
from compiler.ir.schedule import Schedule
from compiler.ir.workflow import Workflow
from compiler.record import dataclass, replace

_KINDS: dict[type, str] = {
    AgentBody: "agent",
    CodeBody: "code",
    FunctionBody: "function",
    HumanBody: "human",
    LlmBody: "llm",
    SetBody: "set",
    ToolBody: "tool",
    WorkflowBody: "workflow",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A node, or START or END, whose kinds are `start` and `end`; `line` is 1-based in the source.

    `wave` and `is_critical` are those of a schedule, where the picture shows one.
    """

    id: str
    kind: str
    line: int
    is_map: bool = False
    wave: int | None = None
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An edge between boxes.

    Args:
        label: the condition that takes it, `else` for a default, empty for an edge always taken.
        bound: how many rounds it allows at most.
        is_choice: one of several edges of which one is taken.
        is_back: it leads back to the start of a loop.
        is_critical: it lies on the longest way.
    """

    source: str
    target: str
    label: str
    bound: int | None
    is_choice: bool
    is_back: bool
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A workflow to be drawn; boxes are in file order between START and END."""

    name: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def picture(workflow: Workflow, times: Schedule | None = None) -> Picture:
    """Return the picture of a workflow, with its waves and its longest way if `times` are given."""
    graph = Graph.of(workflow)
    loops = find_loops(graph)
    boxes = (
        Box(START, "start", workflow.span.line),
        *(_box(node, times) for node in workflow.nodes),
        Box(END, "end", workflow.span.line),
    )
    labels: dict[tuple[NodeId, NodeId], tuple[str, int | None]] = {}
    for source, exit in ((START, workflow.entry), *((n.id, n.exit) for n in workflow.nodes)):
        for target, text, bound in _labels(exit):
            labels.setdefault((source, target), (text, bound))
    way = () if times is None else (START, *times.critical, END)
    critical = {*pairwise(way)}
    lines = (
        replace(
            _line(edge, *labels.get((edge.source, edge.target), ("", None)), loops.is_back(edge)),
            is_critical=(edge.source, edge.target) in critical,
        )
        for source in (START, *graph.nodes)
        for edge in graph.out[source]
    )
    return Picture(workflow.name, boxes, tuple(lines))


def _box(node: Node, times: Schedule | None) -> Box:
    box = Box(node.id, _KINDS[type(node.body)], node.span.line, node.foreach is not None)
    if times is None:
        return box
    return replace(box, wave=times.waves.get(node.id), is_critical=node.id in times.critical)


def _labels(exit: Exit) -> Iterator[tuple[NodeId, str, int | None]]:
    for case in exit.cases if isinstance(exit, Choice) else ():
        yield case.target, case.condition.text if case.condition is not None else "else", case.bound
        if case.on_exhausted is not None:
            yield case.on_exhausted.target, "no rounds left", None


def _line(edge: Edge, label: str, bound: int | None, is_back: bool) -> Line:
    return Line(edge.source, edge.target, label, bound, edge.is_choice, is_back)
