"""The graph of a workflow as Mermaid text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from compiler.ir.exits import Choice
from compiler.ir.graph import Graph
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import AgentBody, HumanBody, LlmBody, Node
from compiler.ir.schedule import Schedule
from compiler.ir.workflow import Workflow

_SHAPES: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    ((LlmBody, AgentBody), "([", "])"),
    (HumanBody, "[/", "/]"),
)
_UNSAFE = re.compile(r"[^A-Za-z0-9_ .,=!+*/()'-]")
_ENTITIES = {"<": "#lt;", ">": "#gt;"}


def mermaid(workflow: Workflow, times: Schedule | None = None) -> str:
    """Return a flowchart: model calls rounded, questions to people slanted, chosen edges dotted.

    With `times`, nodes that can run at the same time stand in one box, and the longest way is marked.
    """
    graph = Graph.of(workflow)
    lines = ["flowchart TD", f"    {_id(START)}((start))"]
    if times is None:
        lines += [f"    {_shape(node)}" for node in workflow.nodes]
    else:
        lines += _waves(workflow, times)
    lines.append(f"    {_id(END)}((end))")
    conditions = _conditions(workflow)
    way = [*pairwise((START, *times.critical, END))] if times is not None else []
    marked: list[str] = []
    number = 0
    for source in (START, *graph.nodes):
        for edge in graph.out[source]:
            arrow = "-.->" if edge.is_choice else "-->"
            label = conditions.get((source, edge.target), "")
            shown = f'|"{label}"|' if label else ""
            lines.append(f"    {_id(source)} {arrow}{shown} {_id(edge.target)}")
            marked += [str(number)] if (source, edge.target) in way else []
            number += 1
    if times is not None and times.critical:
        lines.append("    classDef critical stroke:#b91c1c,stroke-width:3px")
        lines.append(f"    class {','.join(map(_id, times.critical))} critical")
        lines.append(f"    linkStyle {','.join(marked)} stroke:#b91c1c,stroke-width:3px")
    return "\n".join(lines) + "\n"


def _waves(workflow: Workflow, times: Schedule) -> Iterator[str]:
    waves: dict[int, list[Node]] = {}
    for node in workflow.nodes:
        waves.setdefault(times.waves.get(node.id, 0), []).append(node)
    for wave, nodes in sorted(waves.items()):
        yield f'    subgraph wave_{wave}["wave {wave}"]'
        yield from (f"        {_shape(node)}" for node in nodes)
        yield "    end"


def _id(node: NodeId) -> str:
    """A Mermaid id that can't be one of its keywords."""
    return f"n_{node}" if node.isascii() else "n_" + "".join(f"{ord(char):x}" for char in node)


def _shape(node: Node) -> str:
    start, end = "[", "]"
    for kind, left, right in _SHAPES:
        if isinstance(node.body, kind):
            start, end = left, right
    each = " for each" if node.foreach is not None else ""
    return f'{_id(node.id)}{start}"{_safe(node.id)}{each}"{end}'


def _conditions(workflow: Workflow) -> dict[tuple[NodeId, NodeId], str]:
    found: dict[tuple[NodeId, NodeId], str] = {}
    for source, exit in ((START, workflow.entry), *((n.id, n.exit) for n in workflow.nodes)):
        if not isinstance(exit, Choice):
            continue
        for case in exit.cases:
            text = _safe(case.condition.text) if case.condition is not None else "else"
            if case.bound is not None:
                text += f" (at most {case.bound} rounds)"
            found.setdefault((source, case.target), text)
    return found


def _safe(text: str, limit: int = 60) -> str:
    short = text if len(text) <= limit else text[: limit - 3] + "..."
    kept = "".join(_ENTITIES.get(char, char if not _UNSAFE.match(char) else " ") for char in short)
    return re.sub(r"\s+", " ", kept).strip()
