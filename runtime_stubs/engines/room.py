# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Lets runs go on together, and a suspect one alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["Room"]


class Room:
    """Many may be inside, or one that is alone. Who wants to be alone lets nobody in before it."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._inside = 0
        self._waiting_alone = 0

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Be inside for the length of the block."""
        async with self._changed:
            if alone:
                self._waiting_alone += 1
                try:
                    await self._changed.wait_for(lambda: self._inside == 0)
                finally:
                    self._waiting_alone -= 1
                    self._changed.notify_all()
            else:
                await self._changed.wait_for(lambda: self._inside >= 0 and not self._waiting_alone)
            weight = -1 if alone else 1
            self._inside += weight
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= weight
                self._changed.notify_all()
