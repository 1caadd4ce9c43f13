"""One call per item of a list, a hundred at a time, then one call about all of them."""

import asyncio
from typing import Any, TypedDict

import mlflow
from langgraph.graph import END, START, StateGraph
from mlflow.entities import SpanType

from bench.handwritten.calling import ask


class State(TypedDict, total=False):
    """What the steps read and write."""

    topics: list[str]
    lines: list[str]


async def each(state: State) -> State:
    """Ask about every topic; one node, since a LangGraph step per item costs more than the call."""
    calls = (ask("each", f"[each]\nAbout {topic}\nOne short line.") for topic in state["topics"])
    return {"lines": await asyncio.gather(*calls)}


graph = StateGraph(State)
graph.add_node("each", each)
graph.add_edge(START, "each")
graph.add_edge("each", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    with mlflow.start_span("items", span_type=SpanType.CHAIN) as span:
        span.set_inputs(inputs)
        state: dict[str, Any] = await APP.ainvoke(inputs)
        span.set_outputs(state)
    return state
