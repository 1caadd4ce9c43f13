"""The steps of greeter; `who` decides what goes wrong."""

import asyncio

from ._runtime.errors import BudgetExceeded
from ._runtime.events import ModelCalled, Token
from ._runtime.node import Failure, node
from ._runtime.retry import Retry
from ._runtime.run import current_node, emit
from .state import State

FAILED: list[str] = []


def call_model(cost: float | None, simulated: bool = False) -> None:
    """Tell of a model call, as `ask` does."""
    for text in ("Hello ", "there"):
        emit(Token(current_node(), text))
    emit(ModelCalled(current_node(), "fake/one", 10, 5, 0, cost, 0.1, simulated))


@node(retry=Retry(max_attempts=2, backoff=0.01))
async def greet(state: State) -> State:
    """Say hello."""
    who = state["who"]
    print("a hook prints")
    if who == "flaky" and not FAILED:
        FAILED.append(who)
        raise ConnectionError("first time")
    if who == "boom":
        raise ValueError("no such person")
    if who == "poor":
        raise BudgetExceeded("the budget of 0.50 USD is used up")
    if who == "sleepy":
        await asyncio.sleep(60)
    call_model({"cheap": 0.25, "priceless": None}.get(who, 0.01))
    if who == "cheap":
        call_model(None)
    return {"greeting": f"hello {who}" if who != "poet" else "hello\npoet"}


def repeat_failed(state: State, error: Failure) -> State | None:
    """What happens when `repeat` has failed."""
    return {"lines": [f"{error.kind} in {error.node}: {error.message}"]}


@node(on_error=repeat_failed, timeout=0.2)
async def repeat(state: State) -> State:
    """Say it so often."""
    if state["who"] == "slow":
        await asyncio.sleep(5)
    return {"lines": [state["greeting"]] * state["times"]}
