"""How the steps of greeter follow one another."""

from langgraph.graph import END, START, StateGraph

from . import nodes
from .state import State


def build_graph() -> StateGraph[State]:
    """Wire the steps."""
    graph = StateGraph(State)
    graph.add_node("greet", nodes.greet)
    graph.add_node("repeat", nodes.repeat)
    graph.add_edge(START, "greet")
    graph.add_edge("greet", "repeat")
    graph.add_edge("repeat", END)
    return graph
