"""Models of the four providers, pointed at the fake server by the environment."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from runtime_stubs.events import Event
from runtime_stubs.model import Model
from runtime_stubs.retry import Retry
from runtime_stubs.run import Run, activate, inside_node

T = TypeVar("T")

NAMES = {
    "openai": "openai/gpt-4o-mini",
    "anthropic": "anthropic/claude-sonnet-4-5",
    "gemini": "gemini/gemini-2.5-flash",
    "ollama": "ollama/llama3.2",
}
QUICK = Retry(max_attempts=3, backoff=0.01)


def model(provider: str = "openai", **settings: object) -> Model:
    """Return a model of a provider that repeats requests after almost no time."""
    return Model(NAMES[provider], **{"retry": QUICK, **settings})  # type: ignore[arg-type]


def in_run(work: Coroutine[object, object, T], run: Run | None = None) -> tuple[T, list[Event]]:
    """Do the work in a run, inside the node `work`; return its result and the events."""
    run = run or Run()
    events: list[Event] = []
    run.listeners.append(events.append)

    async def main() -> T:
        with activate(run), inside_node("work"):
            return await work

    return asyncio.run(main()), events
