"""Run approval from Python."""

import os
from typing import TYPE_CHECKING

from ._runtime.app import Input
from ._runtime.checkpoint import SqliteCheckpoints
from ._runtime.checkpoint_postgres import PostgresCheckpoints
from ._runtime.checkpoint_redis import RedisCheckpoints
from ._runtime.durable import Checkpoints, DurableApp
from .inputs import Inputs
from .source_map import SOURCE_MAP

if TYPE_CHECKING:
    from langgraph.graph import StateGraph

    from .state import State


def build_graph() -> "StateGraph[State]":
    """Return the graph, not yet compiled, for LangGraph's own tools."""
    from .graph import build_graph

    return build_graph()


STORES: dict[str, Checkpoints] = {
    "sqlite": SqliteCheckpoints("data/approval.sqlite"),
    "postgres": PostgresCheckpoints(),
    "redis": RedisCheckpoints(),
}

APP = DurableApp(
    name="approval",
    build_graph=build_graph,
    input_types=Inputs,
    inputs=(Input("topic", "str", required=True),),
    outputs=("topic", "notes", "rounds", "verdict", "second", "items", "done"),
    source_map=SOURCE_MAP,
    # Tests choose with the environment what a real package has a constant for.
    checkpoints=STORES[os.environ.get("TEST_STORE", "sqlite")],
    graph_hash=os.environ.get("TEST_GRAPH_HASH", "one"),
)


async def ainvoke(inputs: Inputs, *, thread: str | None = None, simulate: bool = False) -> "State":
    """Run the workflow once and return its final state."""
    return await APP.arun(inputs, thread=thread, simulate=simulate)
