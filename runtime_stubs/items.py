# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One piece of work per item of a list, at most so many at a time, results in item order."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypedDict, TypeVar, cast

from langgraph.errors import GraphBubbleUp, GraphInterrupt
from langgraph.func import task
from langgraph.types import Interrupt

from .attempts import RetryRule, of_step, run_attempts
from .errors import FINAL_KINDS, RuntimeFault, kind_of, message_of
from .run import current, current_node, inside_item, span

__all__ = ["ItemError", "Results", "map_items"]

# How long the result of an item waits for those of others before all are saved together.
PORTION_SECONDS = 0.005

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
        self.grown = asyncio.Event()  # set when an item is done

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
            self.grown.set()

    async def finish(
        self, items: Iterable[tuple[int, T]], start: Callable[[T, int], Awaitable[R]], limit: int
    ) -> None:
        """Work on `items`, at most `limit` at a time."""
        waiting = iter(items)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(limit):
                    group.create_task(self.work(waiting, start))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures.exceptions[0].__cause__


async def map_items(
    one: Callable[[T, int], Awaitable[R]],
    items: Sequence[T],
    *,
    limit: int | None = None,
    on_error: Literal["fail", "skip"] = "fail",
    timeout: float | None = None,
    retry: RetryRule | None = None,
    pauses: bool = False,
) -> Results[R]:
    """Call `one(item, index)` for each item.

    In a durable run what items gave is saved as they finish; an item that is saved is not run again
    when the run is continued.

    Args:
        limit: how many may run at the same time.
        on_error: `fail` stops at the first failure, `skip` leaves failed items out.
        timeout: seconds for one attempt of one item.
        retry: when the failed attempt of an item is repeated.
        pauses: items may ask a person, or are workflows, so each must be known to LangGraph.
    """

    def attempts(item: T, index: int) -> Coroutine[Any, Any, R]:
        async def traced() -> R:
            with span(f"{current_node()}[{index}]", "item", item) as opened, inside_item(index):
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
    most = min(limit or len(items), len(items))
    if current().durable and not pauses:
        await _finish_saved(batch, items, attempts, most)
    else:
        start = start_task if current().durable else attempts
        await batch.finish(enumerate(items), start, most)
    if batch.questions:
        raise GraphInterrupt(batch.questions)
    return Results(
        [batch.values[index] for index in sorted(batch.values)],
        [batch.errors[index] for index in sorted(batch.errors)],
    )


async def _finish_saved(
    batch: _Batch[T, R],
    items: Sequence[T],
    start: Callable[[T, int], Awaitable[R]],
    limit: int,
) -> None:
    """Work on the items, saving what they gave in portions.

    LangGraph saves tasks and knows them by the order of their calls. A task for each item would cost
    more than most items do, so the tasks here only hand over what has been done since the last one.
    When a run is continued, the saved portions come first; only then does the work begin.
    """
    around = contextvars.copy_context()
    saved: set[int] = set()
    work: asyncio.Task[None] | None = None

    async def portion() -> list[tuple[int, R | None, ItemError | None]]:
        nonlocal work
        if work is None:
            left = [(index, item) for index, item in enumerate(items) if index not in saved]
            running = batch.finish(left, start, min(limit, len(left)))
            # In the context of the node, not of this task: it ends long before the work does.
            work = asyncio.get_running_loop().create_task(running, context=around)
            work.add_done_callback(lambda _: batch.grown.set())
        if not work.done():
            await batch.grown.wait()
            await asyncio.wait([work], timeout=PORTION_SECONDS)
        batch.grown.clear()
        return [(index, batch.values.get(index), batch.errors.get(index)) for index in unsaved()]

    def unsaved() -> list[int]:
        return sorted((batch.values.keys() | batch.errors.keys()) - saved)

    portion.__name__ = f"{current_node()}[]"
    try:
        while len(saved) < len(items):
            for index, value, error in await cast(
                "Awaitable[list[tuple[int, R | None, ItemError | None]]]", task(portion)()
            ):
                saved.add(index)
                if error is not None:
                    batch.errors[index] = error
                else:
                    batch.values[index] = cast(R, value)
            if work is not None and work.done() and not unsaved():
                work.result()
                break
    finally:
        if work is not None and not work.done():
            work.cancel()
            await asyncio.wait([work])
