# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A workflow called as a step of another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from .inputs import Input, check_inputs
from .run import inside_workflow

if TYPE_CHECKING:
    from langgraph.graph import StateGraph
    from langgraph.typing import StateT as S
else:
    S = TypeVar("S")

__all__ = ["Subflow", "run_flow"]


class Subflow(Generic[S]):
    """A workflow that is run by a step; its steps are traced below that step."""

    def __init__(
        self,
        *,
        build_graph: Callable[[], StateGraph[S, Any, Any, Any]],
        inputs: tuple[Input, ...],
        input_types: type[object],
        source_map: Mapping[str, str],
        max_supersteps: int = 10_000,
    ) -> None:
        self.build_graph = build_graph
        self.inputs = inputs
        self.input_types = input_types
        self.source_map = source_map
        self.max_supersteps = max_supersteps


async def run_flow(flow: Subflow[S], inputs: Mapping[str, object]) -> S:
    """Run `flow` to its end inside of the current step and return its state.

    Raises:
        InputError: `inputs` are not what the workflow is given.
    """
    given = check_inputs(inputs, flow.inputs, flow.input_types)
    graph = flow.build_graph().compile()
    with inside_workflow(flow.source_map):
        result = await graph.ainvoke(cast(Any, given), {"recursion_limit": flow.max_supersteps})
    return cast(S, result)
