# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Inputs that were left out, for programs that start the graph themselves instead of the app."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from .inputs import Input

if TYPE_CHECKING:
    from langgraph.graph import StateGraph
    from langgraph.typing import StateT as S

__all__ = ["with_defaults"]

STEP = "fill in inputs"  # no id of a node has spaces


def with_defaults(
    graph: StateGraph[S, Any, Any, Any], inputs: Sequence[Input]
) -> StateGraph[S, Any, Any, Any]:
    """Return the graph with a first step that gives inputs which were left out their defaults."""
    from langgraph.graph import START

    async def fill(state: S) -> S:
        given = cast(Mapping[str, object], state)
        update = {
            each.name: copy.deepcopy(each.default)
            for each in inputs
            if not each.required and each.name not in given
        }
        return cast("S", update)

    graph.add_node(STEP, fill)
    graph.edges = {(STEP if start == START else start, end) for start, end in graph.edges}
    if START in graph.branches:
        graph.branches[STEP] = graph.branches.pop(START)
    graph.add_edge(START, STEP)
    return graph
