# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One piece of work per item of a list, at most so many at a time, results in item order."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypedDict, TypeVar, cast

from langgraph.errors import GraphBubbleUp, GraphInterrupt
from langgraph.func import task
from langgraph.types import Interrupt

from .attempts import RetryRule, of_step, run_attempts
from .errors import FINAL_KINDS, RuntimeFault, kind_of, message_of
from .run import current, current_node, span

__all__ = ["ItemError", "Results", "map_items"]

T = TypeVar("T")
R = TypeVar("R")


class ItemError(TypedDict):
    """Why one item was left out."""

    index: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Results(Generic[R]):
    """The values of the items that succeeded and the errors of the others, both in item order."""

    values: list[R]
    errors: list[Any]  # of ItemError; the field it goes to may give it another type


class _Batch(Generic[T, R]):
    """The state of one call of `map_items`."""

    def __init__(self, skip: bool) -> None:
        self.skip = skip
        self.values: dict[int, R] = {}
        self.errors: dict[int, ItemError] = {}
        self.questions: list[Interrupt] = []

    async def work(
        self, waiting: Iterator[tuple[int, T]], start: Callable[[T, int], Awaitable[R]]
    ) -> None:
        """Take items until none is waiting."""
        for index, item in waiting:
            try:
                self.values[index] = await start(item, index)
            except GraphInterrupt as pause:
                self.questions += pause.args[0]
            except GraphBubbleUp:
                raise
            except Exception as error:
                kind, message = kind_of(error), message_of(error)
                if not self.skip or kind in FINAL_KINDS:
                    raise RuntimeFault(f"item {index}: {message}", kind=kind) from error
                self.errors[index] = {"index": index, "kind": kind, "message": message}


async def map_items(
    one: Callable[[T, int], Awaitable[R]],
    items: Sequence[T],
    *,
    limit: int | None = None,
    on_error: Literal["fail", "skip"] = "fail",
    timeout: float | None = None,
    retry: RetryRule | None = None,
) -> Results[R]:
    """Call `one(item, index)` for each item.

    In a durable run each item is a LangGraph task: one that has finished is not run again when the
    run is continued. LangGraph knows tasks by the order of their calls, which is the item order.

    Args:
        limit: how many may run at the same time.
        on_error: `fail` stops at the first failure, `skip` leaves failed items out.
        timeout: seconds for one attempt of one item.
        retry: when the failed attempt of an item is repeated.
    """

    def attempts(item: T, index: int) -> Coroutine[Any, Any, R]:
        async def traced() -> R:
            with span(f"{current_node()}[{index}]", "item", item) as opened:
                value = await run_attempts(
                    lambda: of_step(one(item, index)), timeout=timeout, retry=retry
                )
                opened.set_outputs(value)
                return value

        return traced()

    def start_task(item: T, index: int) -> Awaitable[R]:
        async def body() -> R:
            return await attempts(item, index)

        body.__name__ = f"{current_node()}[{index}]"
        return cast(Awaitable[R], task(body)())

    batch: _Batch[T, R] = _Batch(on_error == "skip")
    waiting = iter(enumerate(items))
    start = start_task if current().durable else attempts
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(limit or len(items), len(items))):
                group.create_task(batch.work(waiting, start))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures.exceptions[0].__cause__
    if batch.questions:
        raise GraphInterrupt(batch.questions)
    return Results(
        [batch.values[index] for index in sorted(batch.values)],
        [batch.errors[index] for index in sorted(batch.errors)],
    )
