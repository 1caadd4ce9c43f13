# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Bounds how many model calls run at a time."""

import asyncio
from types import TracebackType
from weakref import WeakKeyDictionary

__all__ = ["Limit"]


class Limit:
    """At most `count` holders at a time; models that are given the same one share it.

    Holders wait in order of arrival. Each event loop has a bound of its own.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    def _semaphore(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if loop not in self._slots:
            self._slots[loop] = asyncio.Semaphore(self.count)
        return self._slots[loop]

    async def __aenter__(self) -> None:
        await self._semaphore().acquire()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._semaphore().release()
