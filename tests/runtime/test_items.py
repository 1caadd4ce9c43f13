"""Maps: order, limit, failures, and many items."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from runtime_stubs.errors import BudgetExceeded, NodeError
from runtime_stubs.items import Results, map_items
from runtime_stubs.node import node
from runtime_stubs.retry import Retry
from runtime_stubs.run import Run, activate
from tests.runtime.virtual_time import run_virtually

One = Callable[[int, int], Awaitable[int]]


class State(TypedDict, total=False):
    """Where the results go."""

    begun: bool
    values: list[int]
    errors: list[Any]


def map_in_graph(one: One, items: list[int], *, durable: bool, **options: Any) -> tuple[Any, float]:
    """Return the final state (or the error) and the seconds of a graph with one map."""

    @node
    async def many(state: State) -> State:
        results: Results[int] = await map_items(one, items, **options)
        return {"values": results.values, "errors": list(results.errors)}

    graph = StateGraph(State)
    graph.add_node("many", many)
    graph.add_edge(START, "many")
    graph.add_edge("many", END)
    app = graph.compile(checkpointer=InMemorySaver() if durable else None)

    async def work() -> Any:
        with activate(Run(durable=durable)):
            try:
                return await app.ainvoke({"begun": True}, {"configurable": {"thread_id": "t"}})
            except NodeError as error:
                return error

    return run_virtually(work())


@pytest.fixture(params=[False, True], ids=["plain", "durable"])
def durable(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize(("limit", "seconds"), [(None, 9.0), (1, 45.0), (3, 16.0), (99, 9.0)])
def test_results_come_in_item_order(durable: bool, limit: int | None, seconds: float) -> None:
    running = [0, 0]

    async def one(item: int, index: int) -> int:
        running[0] += 1
        running[1] = max(running)
        await asyncio.sleep(item)
        running[0] -= 1
        return item * 100 + index

    items = [9, 1, 8, 2, 7, 3, 6, 4, 5]
    state, took = map_in_graph(one, items, durable=durable, limit=limit)
    assert state["values"] == [item * 100 + index for index, item in enumerate(items)]
    assert state["errors"] == []
    assert running[1] <= (limit or 9)
    assert took == seconds


def test_an_empty_list_runs_nothing(durable: bool) -> None:
    async def one(item: int, index: int) -> int:
        raise AssertionError

    assert map_in_graph(one, [], durable=durable)[0]["values"] == []


def test_skip_leaves_failed_items_out(durable: bool) -> None:
    async def one(item: int, index: int) -> int:
        if item % 2:
            raise ValueError(f"{item} is odd")
        return item

    state, _ = map_in_graph(one, [1, 2, 3, 4], durable=durable, on_error="skip")
    assert state["values"] == [2, 4]
    assert state["errors"] == [
        {"index": 0, "kind": "ValueError", "message": "1 is odd"},
        {"index": 2, "kind": "ValueError", "message": "3 is odd"},
    ]


def test_fail_cancels_the_others(durable: bool) -> None:
    finished: list[int] = []

    async def one(item: int, index: int) -> int:
        await asyncio.sleep(item)
        if item == 2:
            raise ValueError("no")
        finished.append(item)
        return item

    error, seconds = map_in_graph(one, [1, 2, 50], durable=durable)
    assert (error.kind, error.message) == ("ValueError", "item 1: no")
    assert (finished, seconds) == ([1], 2.0)


def test_a_used_up_budget_is_never_skipped(durable: bool) -> None:
    async def one(item: int, index: int) -> int:
        raise BudgetExceeded("all spent")

    error, _ = map_in_graph(one, [1, 2], durable=durable, on_error="skip")
    assert error.kind == "BudgetExceeded"


def test_retries_and_timeouts_are_per_item(durable: bool) -> None:
    calls: list[int] = []

    async def one(item: int, index: int) -> int:
        calls.append(item)
        await asyncio.sleep(100 if calls.count(item) < item else 1)
        return item

    options: Any = {"timeout": 10.0, "retry": Retry(max_attempts=3, backoff=0.0)}
    state, seconds = map_in_graph(one, [1, 2, 3], durable=durable, **options)
    assert state["values"] == [1, 2, 3]
    assert sorted(calls) == [1, 2, 2, 3, 3, 3]
    assert seconds == 21.0


def test_thousands_of_items_cost_little() -> None:
    async def one(item: int, index: int) -> int:
        return item

    begun = time.process_time()
    state, _ = map_in_graph(one, list(range(5000)), durable=False, limit=100)
    assert state["values"] == list(range(5000))
    assert time.process_time() - begun < 2.0


def test_what_is_saved_in_portions_is_not_done_again() -> None:
    calls: list[int] = []
    broken = [500]

    async def one(item: int, index: int) -> int:
        calls.append(item)
        await asyncio.sleep(1 + item % 7 / 10)
        if item in broken:
            raise ValueError("no")
        return item * 2

    @node
    async def many(state: State) -> State:
        results: Results[int] = await map_items(one, list(range(1000)), limit=10)
        return {"values": results.values}

    graph = StateGraph(State)
    graph.add_node("many", many)
    graph.add_edge(START, "many")
    app = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t"}}

    async def work() -> Any:
        with activate(Run(durable=True)):
            with pytest.raises(NodeError, match="item 500"):
                await app.ainvoke({"begun": True}, config)
            broken.clear()
            return await app.ainvoke(None, config)

    state, _ = run_virtually(work())
    assert state["values"] == [item * 2 for item in range(1000)]
    assert 1 <= len(calls) - 1000 <= 10, "only what failed, and what was going on beside it"


def test_a_saved_map_costs_little_more_than_its_items() -> None:
    async def one(item: int, index: int) -> int:
        await asyncio.sleep(0.02)
        return item

    begun = time.process_time()
    state, seconds = map_in_graph(one, list(range(1000)), durable=True, limit=100)
    assert state["values"] == list(range(1000))
    assert seconds == pytest.approx(0.2, rel=0.1), "90 % of what 100 at a time allow"
    assert time.process_time() - begun < 1, "a task of LangGraph for each item takes longer"
