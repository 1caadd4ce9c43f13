"""How the steps of approval follow one another."""

from typing import Literal

from langgraph.graph import END, START, StateGraph

from . import nodes
from ._runtime.flow import Flow
from .state import State


def after_polish(state: State) -> Literal["polish", "join"]:
    """Where the flow goes after `polish`."""
    return "polish" if state["rounds"] < 3 else "join"


def polish_loop(flow: Flow[State]) -> None:
    """One round of the loop around `polish`."""
    polish = flow.start(nodes.polish, choose=after_polish)
    flow.again(polish.to("polish"))
    flow.leave(polish.to("join"))


async def branches(state: State) -> State:
    """Unequal parallel branches: each step starts as soon as its own inputs are ready."""
    flow = Flow(State, state)
    left = flow.start(nodes.left)
    left_next = flow.start(nodes.left_next, after=[left])
    polish = flow.loop("polish_loop", polish_loop, after=[left])
    slow = flow.start(nodes.slow)
    first = flow.start(nodes.first)
    second = flow.start(nodes.second)
    flow.start(nodes.join, after=[left_next, polish.to("join"), slow, first, second])
    return await flow.finish()


def build_graph() -> StateGraph[State]:
    """Wire the steps."""
    graph = StateGraph(State)
    graph.add_node("first_note", nodes.first_note)
    graph.add_node("branches", branches)
    graph.add_node("many", nodes.many)
    graph.add_node("publish", nodes.publish)
    graph.add_edge(START, "first_note")
    graph.add_edge("first_note", "branches")
    graph.add_edge("branches", "many")
    graph.add_edge("many", "publish")
    graph.add_edge("publish", END)
    return graph
