"""A draft that is judged and written again, three rounds at most."""

from typing import Any, Literal, TypedDict

import mlflow
from langgraph.graph import END, START, StateGraph
from mlflow.entities import SpanType

from bench.handwritten.calling import ask

ROUNDS = 3


class State(TypedDict, total=False):
    """What the steps read and write."""

    topic: str
    draft: str
    verdict: str
    rounds: int


async def write(state: State) -> State:
    """Ask for a draft."""
    prompt = f"[write]\nAbout {state['topic']}: {state.get('verdict', '')}\nOne short line."
    return {"draft": await ask("write", prompt), "rounds": state.get("rounds", 0) + 1}


async def judge(state: State) -> State:
    """Ask whether it is good."""
    prompt = f"[judge]\nIs this good? {state['draft']}\nOne short line."
    return {"verdict": await ask("judge", prompt)}


def after_judge(state: State) -> Literal["write", "__end__"]:
    """Go on until it is good or the rounds are used up."""
    return "__end__" if state["verdict"] == "good" or state["rounds"] >= ROUNDS else "write"


graph = StateGraph(State)
graph.add_node("write", write)
graph.add_node("judge", judge)
graph.add_edge(START, "write")
graph.add_edge("write", "judge")
graph.add_conditional_edges("judge", after_judge, {"write": "write", "__end__": END})
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    with mlflow.start_span("evaluator", span_type=SpanType.CHAIN) as span:
        span.set_inputs(inputs)
        state: dict[str, Any] = await APP.ainvoke(inputs)
        span.set_outputs(state)
    return state
