# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One piece of work, tried until it succeeds or its retry rule gives up."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Protocol, TypeVar

from langgraph.errors import GraphBubbleUp

from .errors import NodeTimeout, kind_of, message_of
from .events import Retrying
from .run import current, current_node, emit, span

__all__ = ["RetryRule", "afterwards", "of_step", "run_attempts"]

T = TypeVar("T")
Work = Callable[[], Awaitable[None]]

_afterwards: ContextVar[list[Work] | None] = ContextVar("agentc_afterwards", default=None)


class RetryRule(Protocol):
    """Decides whether a failed attempt is repeated."""

    def delay_after(self, error: Exception, attempt: int) -> float | None:
        """Return the seconds to wait after attempt number `attempt` (from 1); None: give up."""


async def run_attempts(
    work: Callable[[], Awaitable[T]], *, timeout: float | None, retry: RetryRule | None
) -> T:
    """Return what `work()` returns; `timeout` in seconds is for one attempt.

    A pause of LangGraph is not a failure and passes through.
    """
    number = 1
    repeats: AbstractContextManager[object] = contextlib.nullcontext()
    while True:
        try:
            with repeats:
                return await _attempt(work, timeout)
        except GraphBubbleUp:
            raise
        except Exception as error:
            delay = retry.delay_after(error, number) if retry else None
            if delay is None:
                raise
            emit(Retrying(current_node(), number, delay, kind_of(error), message_of(error)))
            await asyncio.sleep(delay)
            number += 1
            repeats = _repeated(number, delay, kind_of(error))


async def of_step(attempt: Awaitable[T]) -> T:
    """Await one attempt of the running step, then do what was to be done afterwards.

    The journal, if the run has one, is told how the attempt ends.
    """
    waiting: list[Work] = []
    token = _afterwards.set(waiting)
    journal = current().journal
    if journal is not None:
        journal.begin_attempt()
    try:
        result = await attempt
        for work in waiting:
            await work()
        return result
    except Exception as error:
        if journal is not None:
            await journal.end_attempt(error)
        raise
    finally:
        _afterwards.reset(token)


async def afterwards(work: Work) -> None:
    """Do `work` when the attempt that is going on has succeeded: a failed one leaves no trace."""
    waiting = _afterwards.get()
    if waiting is None:
        await work()
    else:
        waiting.append(work)


@contextlib.contextmanager
def _repeated(number: int, delay: float, kind: str) -> Iterator[None]:
    """Trace attempt number `number`, `delay` seconds after one failed with an error of a `kind`."""
    with span(f"attempt {number}", "retry") as opened:
        opened.set_attribute("attempt", number)
        opened.set_attribute("waited", delay)
        opened.set_attribute("after", kind)
        yield


async def _attempt(work: Callable[[], Awaitable[T]], timeout: float | None) -> T:
    try:
        async with asyncio.timeout(timeout) as limit:
            return await work()
    except TimeoutError as error:
        if not limit.expired():  # a time limit of the work's own
            raise
        raise NodeTimeout(f"took longer than {timeout:g} s", node=current_node()) from error
