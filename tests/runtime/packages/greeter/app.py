"""Run greeter from Python."""

from typing import TYPE_CHECKING

from ._runtime.app import App, Input
from .inputs import Inputs
from .source_map import SOURCE_MAP

if TYPE_CHECKING:
    from langgraph.graph import StateGraph

    from .state import State


def build_graph() -> "StateGraph[State]":
    """Return the graph, not yet compiled, for LangGraph's own tools."""
    from .graph import build_graph

    return build_graph()


APP = App(
    name="greeter",
    description="Greets somebody.",
    build_graph=build_graph,
    input_types=Inputs,
    inputs=(
        Input("who", "str", required=True, description="Whom to greet"),
        Input("times", "int", default=2),
        Input("tone", "str", default="warm"),
        Input("tags", "list[str]", default=[]),
    ),
    outputs=("who", "greeting", "lines", "tags", "missing"),
    source_map=SOURCE_MAP,
    max_supersteps=10,
)


async def ainvoke(inputs: Inputs, *, simulate: bool = False) -> "State":
    """Run the workflow once and return its final state."""
    return await APP.arun(inputs, simulate=simulate)
