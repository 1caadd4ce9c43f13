"""What generated functions say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from compiler.ir.nodes import (
    AgentBody,
    CodeBody,
    ForEach,
    FunctionBody,
    HumanBody,
    LlmBody,
    Node,
    SetBody,
    ToolBody,
    WorkflowBody,
)
from compiler.plan.text import Code, docstring


def node_doc(node: Node) -> Code:
    """Return the docstring of a node: its own words, else what it does."""
    if node.description or node.name != node.id:
        return docstring(node.description or node.name)
    given = _listed(output.name for output in node.outputs)
    match node.body:
        case LlmBody(ask) | AgentBody(ask):
            return docstring(f"Ask `{ask.model}` for {given}" if given else f"Ask `{ask.model}`")
        case ToolBody(use):
            return docstring(f"Call `{use.tool}` for {given}" if given else f"Call `{use.tool}`")
        case FunctionBody():
            return docstring(
                f"Call `{node.body.name}` for {given}" if given else f"Call `{node.body.name}`"
            )
        case HumanBody():
            return docstring(f"Ask a person for {given}" if given else "Wait for a person")
        case WorkflowBody():
            return docstring(f"Run the workflow `{node.body.child}` for {given}")
        case CodeBody():
            return docstring(
                f"Compute {given} in the sandbox" if given else "Run code in the sandbox"
            )
        case SetBody():
            return docstring(f"Set {given}")
        case _:
            assert_never(node.body)


def _listed(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))


def words_of_items(each: ForEach) -> str:
    """Return which items a map goes over, in words."""
    limit = f", at most {each.max_concurrency} at a time" if each.max_concurrency else ""
    return f"`{each.source.text}`{limit}"
