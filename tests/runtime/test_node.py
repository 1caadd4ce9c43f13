"""What the node decorator adds to a function."""

import asyncio
from typing import Any, cast

import pytest
from langgraph.errors import GraphInterrupt

from runtime_stubs.errors import NodeError, NodeTimeout, StepLimitExceeded
from runtime_stubs.events import Event, NodeFailed, NodeFinished, NodeStarted, Retrying
from runtime_stubs.node import Failure, node
from runtime_stubs.retry import Retry
from runtime_stubs.run import Run, activate, current, current_node
from tests.runtime.virtual_time import run_virtually

State = dict[str, Any]


def run(step: Any, state: State | None = None, **settings: Any) -> tuple[Any, list[Event], float]:
    """Return the update of a node (or what it raised), the events and the seconds."""
    events: list[Event] = []

    async def work() -> Any:
        with activate(Run(listeners=[events.append], **settings)):
            try:
                return await step(state or {})
            except (NodeError, StepLimitExceeded, GraphInterrupt) as error:
                return error

    result, seconds = run_virtually(work())
    return result, events, seconds


def failing(times: int, error: Exception) -> Any:
    """Return the body of a node that fails so many times, then succeeds."""
    left = [times]

    async def body(state: State) -> State:
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return {"done": current_node()}

    return body


def mend(state: State, error: Failure) -> State | None:
    """Handle every failure."""
    return {"mended": True}


def test_it_keeps_the_name_and_tells_what_happens() -> None:
    @node
    async def greet(state: State) -> State:
        """Say hello."""
        await asyncio.sleep(2)
        return {"who": current_node()}

    assert (cast(Any, greet).__name__, greet.__doc__) == ("greet", "Say hello.")
    result, events, _ = run(greet)
    assert result == {"who": "greet"}
    assert events[0] == NodeStarted("greet")
    assert isinstance(events[1], NodeFinished)
    assert current_node() is None


def test_a_failure_names_node_and_place() -> None:
    step = node(name="class")(failing(9, ValueError("no")))
    error, events, _ = run(step, source_map={"class": "w.yaml:3"})
    assert isinstance(error, NodeError)
    assert str(error) == "node `class` (w.yaml:3): ValueError: no"
    assert (error.kind, error.message, error.node) == ("ValueError", "no", "class")
    assert isinstance(events[-1], NodeFailed)


def test_the_innermost_place_is_kept() -> None:
    inner = node(name="inner")(failing(1, KeyError("x")))
    outer = node(name="outer")(inner)
    error, _, _ = run(outer, source_map={"inner": "child.yaml:1", "outer": "parent.yaml:1"})
    assert str(error) == "node `inner` (child.yaml:1): KeyError: 'x'"


def test_timeout_is_for_one_attempt() -> None:
    async def slow(state: State) -> State:
        await asyncio.sleep(10)
        return {}

    step = node(timeout=3.0, retry=Retry(max_attempts=2, backoff=1.0))(slow)
    error, events, seconds = run(step)
    assert isinstance(error.cause, NodeTimeout)
    assert error.message == "took longer than 3 s"
    assert seconds == 7.0
    assert [type(event) for event in events] == [NodeStarted, Retrying, NodeFailed]


def test_a_timeout_of_the_bodys_own_is_not_the_nodes() -> None:
    error, _, _ = run(node(timeout=3.0, name="x")(failing(1, TimeoutError("mine"))))
    assert error.kind == "TimeoutError"


def test_retries_wait_longer_each_time() -> None:
    step = node(name="x", retry=Retry(max_attempts=4, backoff=1.0))(failing(3, OSError("net")))
    result, events, seconds = run(step)
    assert result == {"done": "x"}
    assert seconds == 1.0 + 2.0 + 4.0
    assert [event.attempt for event in events if isinstance(event, Retrying)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("error", "on", "tried_again"),
    [
        (ValueError(), (), True),
        (ValueError(), ("OSError",), False),
        (OSError(), ("OSError",), True),
        (StepLimitExceeded("x"), (), False),
        (StepLimitExceeded("x"), ("StepLimitExceeded",), False),
    ],
)
def test_which_errors_are_tried_again(
    error: Exception, on: tuple[str, ...], tried_again: bool
) -> None:
    result, _, _ = run(node(name="x", retry=Retry(2, 0.0, on))(failing(1, error)))
    assert (result == {"done": "x"}) == tried_again


def test_user_errors_may_bring_their_own_kind() -> None:
    class Odd(Exception):
        kind = "out_of_stock"

    seen: list[Failure] = []

    def handler(state: State, error: Failure) -> State | None:
        seen.append(error)
        return {"error": error.record()} if error.kind == "out_of_stock" else None

    result, events, _ = run(node(on_error=handler, name="x")(failing(1, Odd("empty"))))
    assert result == {"error": {"kind": "out_of_stock", "message": "empty", "node": "x"}}
    assert isinstance(events[-1], NodeFailed)
    assert events[-1].handled
    error, _, _ = run(node(on_error=handler, name="x")(failing(1, ValueError("no"))))
    assert isinstance(error, NodeError)


def test_only_a_way_to_a_handler_leaves_an_error_behind() -> None:
    none = {"kind": "", "message": "", "node": ""}

    def handler(state: State, error: Failure) -> State | None:
        return {"mended": True} if error.kind == "ValueError" else {"error": error.record()}

    step = node(on_error=handler, clears_error=True, name="x")
    assert run(step(failing(0, OSError())))[0] == {"done": "x", "error": none}
    assert run(step(failing(1, ValueError("no"))))[0] == {"mended": True, "error": none}
    went, _, _ = run(step(failing(1, OSError("gone"))))
    assert went == {"error": {"kind": "OSError", "message": "gone", "node": "x"}}


def test_loop_counters_join_every_update() -> None:
    numbered: Any = node  # mypy cannot choose an overload for settings in a dict
    settings: dict[str, Any] = {"rounds": "n", "resets": ("inner",), "name": "x"}
    result, _, _ = run(numbered(**settings)(failing(0, OSError())), {"n": 2, "inner": 5})
    assert result == {"done": "x", "n": 3, "inner": 0}
    handled = numbered(on_error=mend, **settings)
    assert run(handled(failing(1, OSError())))[0] == {"mended": True, "n": 1, "inner": 0}


def test_a_pause_is_not_a_failure() -> None:
    pause = GraphInterrupt(())
    step = node(name="x", retry=Retry(), on_error=mend)(failing(1, pause))
    result, events, _ = run(step)
    assert result is pause
    assert [type(event) for event in events] == [NodeStarted]


def test_the_step_limit_is_counted_over_all_nodes() -> None:
    step = node(name="x")(failing(0, OSError()))

    async def body(state: State) -> State:
        for _ in range(3):
            await step({})
        return {}

    error, _, _ = run(body, step_limit=3)
    assert error == {}
    error, _, _ = run(body, step_limit=2)
    assert isinstance(error, StepLimitExceeded)
    assert (error.message, error.node) == (
        "the run took all 2 steps that `max_steps` allows",
        "x",
    )


def test_outside_of_a_run_there_is_one_without_limits() -> None:
    assert current() is current()
    assert current().step_limit is None
