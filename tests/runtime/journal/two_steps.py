"""An app of two steps whose runs are saved, and what its tests need besides."""

from collections.abc import Awaitable, Callable
from typing import TypedDict

from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict as StateDict

from runtime_stubs.budget import Budget
from runtime_stubs.durable import Checkpoints, DurableApp
from runtime_stubs.node import node
from runtime_stubs.retry import Retry
from tests.runtime.models import model
from tests.support.fake_llm import FakeLLM, Step

ONCE = model(retry=Retry(max_attempts=1))
DOWN = Step(status=400, error="down")  # what no repetition mends


class State(StateDict, total=False):
    """What the steps write."""

    first: str
    second: str


class Inputs(TypedDict):
    """There are none."""


Body = Callable[[], Awaitable[str]]


def app_of(
    store: Checkpoints,
    first: Body,
    second: Body | None = None,
    *,
    budget: Budget | None = None,
    max_steps: int | None = None,
    retry: Retry | None = None,
) -> DurableApp[State]:
    """Return an app of two steps."""

    def build_graph() -> StateGraph[State]:
        @node(name="first", retry=retry)
        async def one(state: State) -> State:
            return {"first": await first()}

        @node(name="second")
        async def two(state: State) -> State:
            return {"second": await second() if second else ""}

        graph = StateGraph(State)
        graph.add_node("first", one)
        graph.add_node("second", two)
        graph.add_edge(START, "first")
        graph.add_edge("first", "second")
        graph.add_edge("second", END)
        return graph

    return DurableApp(
        name="two",
        build_graph=build_graph,
        input_types=Inputs,
        outputs=("first", "second"),
        checkpoints=store,
        graph_hash="one",
        budget=budget,
        max_steps=max_steps,
    )


def prompts(fake: FakeLLM) -> list[str]:
    """Return the last line of each question, in order."""
    return [request.prompt.splitlines()[-1] for request in fake.requests]


def failing(times: int, kind: type[Exception] = ValueError) -> Callable[[], None]:
    """Return a function that raises as often as that."""
    left = iter(range(times))

    def fail() -> None:
        if next(left, None) is not None:
            raise kind("told to fail")

    return fail
