"""Which kind a node is: what was written, or what its keys say."""

from __future__ import annotations

from functools import cache

from compiler.spec.base import keys_of
from compiler.spec.node_kinds import (
    AgentNodeSpec,
    CodeNodeSpec,
    FunctionNodeSpec,
    HumanNodeSpec,
    LlmNodeSpec,
    SetNodeSpec,
    ToolNodeSpec,
    WorkflowNodeSpec,
)
from compiler.spec.nodes import CommonNodeSpec

KIND_MODELS: dict[str, type[CommonNodeSpec]] = {
    "code": CodeNodeSpec,
    "workflow": WorkflowNodeSpec,
    "function": FunctionNodeSpec,
    "tool": ToolNodeSpec,
    "set": SetNodeSpec,
    "human": HumanNodeSpec,
    "agent": AgentNodeSpec,
    "llm": LlmNodeSpec,
}

# Tried in this order: the first key that stands in the node decides.
_DECIDING = (
    ("code", "code"),
    ("workflow", "workflow"),
    ("function", "function"),
    ("tool", "tool"),
    ("set", "set"),
    ("ask", "human"),
    ("tools", "agent"),
    ("agents", "agent"),
    ("handoff", "agent"),
    ("spawn", "agent"),
    ("prompt", "llm"),
)
DECIDING_KEYS = ("code", "workflow", "function", "tool", "set", "ask", "prompt")


def infer_kind(node: dict[str, object]) -> tuple[str, str] | None:
    """Return the kind that a node's keys tell, and the key that tells it.

    An empty `tools` or `agents` list makes no agent: files of version 1.0 have `tools: []`.
    """
    for key, kind in _DECIDING:
        if key in node and (kind != "agent" or node[key]):
            return kind, key
    return None


@cache
def keys_of_kind(kind: str) -> frozenset[str]:
    """Return the keys that a node of that kind may have."""
    return frozenset(keys_of(KIND_MODELS[kind]))


@cache
def keys_of_all_kinds() -> dict[str, tuple[str, ...]]:
    """Return every key that some kind of node has, with the kinds that have it."""
    kinds: dict[str, tuple[str, ...]] = {}
    for kind in KIND_MODELS:
        for key in keys_of_kind(kind):
            kinds[key] = (*kinds.get(key, ()), kind)
    return kinds
