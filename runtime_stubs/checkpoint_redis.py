# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs saved on a Redis server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .environment import address_of_runs
from .journal import Opened

__all__ = ["RedisCheckpoints"]


@dataclass(frozen=True)
class RedisCheckpoints:
    """Where the server is: `url`, unless the environment variable `AGENTC_CHECKPOINTS` says another.

    Addresses hold passwords: `url` is empty or refers to the environment (`${env:NAME}`).
    """

    url: str = ""

    def address(self) -> str:
        """Return where the server is."""
        return address_of_runs(self.url, "redis://host:6379/0")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Connect for the time of one run."""
        from .journal_redis import RedisJournals  # not at the top: `--help` must not wait for them
        from .redis_connection import connect
        from .redis_saver import RedisSaver

        async with connect(self.address()) as server:
            yield Opened(RedisSaver(server), RedisJournals(server))
