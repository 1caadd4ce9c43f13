"""Any graph of model calls: one LangGraph node per call, one joining edge where several calls meet."""

import json
import operator
import os
from pathlib import Path
from typing import Annotated, Any, TypedDict

import mlflow
from langgraph.graph import END, START, StateGraph
from mlflow.entities import SpanType

from bench.handwritten.calling import ask


class State(TypedDict, total=False):
    """The topic, and the answer of every call by its name."""

    topic: str
    answers: Annotated[dict[str, str], operator.or_]


def step(name: str, after: list[str]) -> Any:
    """Return the node of one call."""

    async def run(state: State) -> State:
        parts = " ".join(state["answers"][each] for each in after)
        prompt = f"[{name}]\nAbout {state['topic']}: {parts}\nOne short line."
        return {"answers": {name: await ask(name, prompt)}}

    return run


def build(calls: list[dict[str, Any]]) -> Any:
    """Return the compiled graph of a description."""
    graph = StateGraph(State)
    followed = {each for call in calls for each in call["after"]}
    for call in calls:
        name, after = call["name"], call["after"]
        graph.add_node(name, step(name, after))
        graph.add_edge(START if not after else after[0] if len(after) == 1 else after, name)
        if name not in followed:
            graph.add_edge(name, END)
    return graph.compile()


APP = build(json.loads(Path(os.environ["BENCH_GRAPH"]).read_text(encoding="utf-8")))


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    with mlflow.start_span("workflow", span_type=SpanType.CHAIN) as span:
        span.set_inputs(inputs)
        state: dict[str, Any] = await APP.ainvoke(
            {"topic": inputs["topic"], "answers": {}}, {"recursion_limit": 1000}
        )
        span.set_outputs(state)
    return state
