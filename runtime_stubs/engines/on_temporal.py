# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The queue of a workflow in Temporal, a server that keeps it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

    from ..durable import DurableApp
    from .registry import Registry
    from .store import Store
    from .temporal_queue import TemporalQueue
    from .work import Work

__all__ = ["Temporal"]


@dataclass(frozen=True)
class Temporal:
    """The server is that of the environment variable `TEMPORAL_ADDRESS` and of Temporal's other
    variables and settings, else the one on this host."""

    app: DurableApp[Any]
    store: Store
    name: str = "temporal"

    def open(self, registry: Registry) -> AbstractAsyncContextManager[TemporalQueue]:
        """Connect."""
        from .temporal_queue import open_queue

        return open_queue(f"agentc-{self.app.name}".lower(), registry)

    def is_away(self, error: Exception) -> bool:
        """Return whether the server, or the database of the runs, does not answer."""
        from .database import is_away
        from .temporal_queue import is_out_of_reach

        return is_out_of_reach(error) or is_away(error)

    async def work(self, work: Work, registry: Registry, stop: asyncio.Event) -> None:
        """Take runs from the queue until `stop` is set and `work` has come to rest."""
        from .temporal_queue import take_runs

        async with self.open(registry) as queue:
            await take_runs(queue, work, stop)
