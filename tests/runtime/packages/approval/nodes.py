"""The steps of approval. TEST_LOG names the file they are logged in, TEST_CRASH the step that dies,
TEST_FAIL the one that fails, TEST_ASK those that ask (`first,second`), TEST_WAIT their patience."""

import asyncio
import os
from pathlib import Path

from ._runtime.human import ask_human
from ._runtime.items import map_items
from ._runtime.node import node
from .state import State


def note(name: str) -> None:
    """Log a step."""
    with Path(os.environ["TEST_LOG"]).open("a") as log:
        log.write(f"{name}\n")


async def act(name: str, seconds: float = 0.0) -> None:
    """Log the step, take some time, die or fail if the test says so."""
    note(name)
    await asyncio.sleep(seconds)
    if os.environ.get("TEST_CRASH") == name:
        await asyncio.sleep(0.3)  # what has finished is on disk by now
        os._exit(9)
    if os.environ.get("TEST_FAIL") == name:
        raise ValueError(f"{name} was told to fail")


async def ask(step: str) -> str:
    """Ask a person if the test says so."""
    if step not in os.environ.get("TEST_ASK", "").split(","):
        return "unasked"
    wait = os.environ.get("TEST_WAIT")
    return await ask_human(
        f"{step} ok?",
        choices=("approve", "reject"),
        wait=float(wait) if wait else None,
        default=os.environ.get("TEST_DEFAULT"),
    )


@node
async def first_note(state: State) -> State:
    """Begin."""
    await act("first_note")
    return {"notes": ["begin"]}


@node
async def left(state: State) -> State:
    """A quick branch."""
    await act("left")
    return {"notes": ["left"]}


@node
async def left_next(state: State) -> State:
    """Goes on after the quick branch."""
    await act("left_next")
    return {"notes": [f"left_next saw {len(state['notes'])}"]}


@node(rounds="rounds")
async def polish(state: State) -> State:
    """The body of a loop inside a branch."""
    number = state.get("rounds", 0) + 1
    await act(f"polish{number}")
    return {"notes": [f"polish{number}"]}


@node
async def slow(state: State) -> State:
    """A slow branch."""
    await act("slow", 0.2)
    return {"notes": ["slow"]}


@node
async def first(state: State) -> State:
    """Ask a person inside a branch."""
    return {"verdict": await ask("first")}


@node
async def second(state: State) -> State:
    """Ask another person in another branch."""
    return {"second": await ask("second")}


@node
async def join(state: State) -> State:
    """After all branches."""
    await act("join")
    return {"notes": ["join"]}


@node
async def many(state: State) -> State:
    """One piece of work per item."""

    async def one(item: int, index: int) -> int:
        await act(f"item{index}", 0.01 * index)
        return item * 10

    results = await map_items(one, [1, 2, 3, 4, 5], limit=2)
    return {"items": results.values}


@node
async def publish(state: State) -> State:
    """End."""
    await act("publish")
    return {"done": True}
