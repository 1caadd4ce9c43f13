"""The graph of a workflow as Mermaid text."""

from __future__ import annotations

import re

from compiler.ir.exits import Choice
from compiler.ir.graph import Graph
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import AgentBody, HumanBody, LlmBody, Node
from compiler.ir.workflow import Workflow

_SHAPES: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    ((LlmBody, AgentBody), "([", "])"),
    (HumanBody, "[/", "/]"),
)
_UNSAFE = re.compile(r"[^A-Za-z0-9_ .,=!+*/()'-]")
_ENTITIES = {"<": "#lt;", ">": "#gt;"}


def mermaid(workflow: Workflow) -> str:
    """Return a flowchart: model calls rounded, questions to people slanted, chosen edges dotted."""
    graph = Graph.of(workflow)
    lines = ["flowchart TD", f"    {_id(START)}((start))"]
    lines += [f"    {_shape(node)}" for node in workflow.nodes]
    lines.append(f"    {_id(END)}((end))")
    conditions = _conditions(workflow)
    for source in (START, *graph.nodes):
        for edge in graph.out[source]:
            arrow = "-.->" if edge.is_choice else "-->"
            label = conditions.get((source, edge.target), "")
            shown = f'|"{label}"|' if label else ""
            lines.append(f"    {_id(source)} {arrow}{shown} {_id(edge.target)}")
    return "\n".join(lines) + "\n"


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
