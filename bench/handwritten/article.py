"""Three calls in a row; also a program: `python -m bench.handwritten.article TOPIC`."""

import asyncio
import sys
from typing import Any, TypedDict

import mlflow
from langgraph.graph import END, START, StateGraph
from mlflow.entities import SpanType

from bench.handwritten.calling import ask


class State(TypedDict, total=False):
    """What the steps read and write."""

    topic: str
    f_n0: str
    f_n1: str
    f_n2: str


async def n0(state: State) -> State:
    """Ask for notes."""
    return {"f_n0": await ask("n0", f"[n0]\nAbout {state['topic']}: \nOne short line.")}


async def n1(state: State) -> State:
    """Ask for a draft."""
    prompt = f"[n1]\nAbout {state['topic']}: {state['f_n0']}\nOne short line."
    return {"f_n1": await ask("n1", prompt)}


async def n2(state: State) -> State:
    """Ask for the article."""
    prompt = f"[n2]\nAbout {state['topic']}: {state['f_n1']}\nOne short line."
    return {"f_n2": await ask("n2", prompt)}


graph = StateGraph(State)
graph.add_sequence([("n0", n0), ("n1", n1), ("n2", n2)])
graph.add_edge(START, "n0")
graph.add_edge("n2", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    with mlflow.start_span("article", span_type=SpanType.CHAIN) as span:
        span.set_inputs(inputs)
        state: dict[str, Any] = await APP.ainvoke(inputs)
        span.set_outputs(state)
    return state


if __name__ == "__main__":
    print(asyncio.run(ainvoke({"topic": sys.argv[1]})))
