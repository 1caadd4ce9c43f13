# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Blocking functions beside the event loop."""

import asyncio
import contextlib
import contextvars
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["in_thread"]

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a blocking function in a thread of its own and return what it returns.

    Unlike `asyncio.to_thread` an interrupted program does not wait for the function to return.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(set_outcome: Callable[[], None]) -> None:
        if not done.cancelled():
            set_outcome()

    def work() -> None:
        try:
            outcome = partial(done.set_result, context.run(function, *args, **kwargs))
        except Exception as error:  # raised again where it is awaited
            log.debug("%s failed", function.__name__, exc_info=True)
            outcome = partial(done.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=work, name=f"agentc-{function.__name__}", daemon=True).start()
    return await done
