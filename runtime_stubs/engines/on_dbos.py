# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The queue of a workflow in DBOS, which keeps it in PostgreSQL, or in a file for one host."""

from __future__ import annotations

import os
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

    from ..durable import DurableApp
    from .dbos_queue import DbosQueue
    from .registry import Registry
    from .store import Store
    from .work import Work

__all__ = ["Dbos"]


@dataclass(frozen=True)
class Dbos:
    """The database is that of the environment variable `DBOS_SYSTEM_DATABASE_URL`, else that of the runs."""

    app: DurableApp[Any]
    store: Store
    name: str = "dbos"

    def open(self, registry: Registry) -> AbstractAsyncContextManager[DbosQueue]:
        """Connect."""
        from .database import sql_url
        from .dbos_queue import open_queue

        url = os.environ.get("DBOS_SYSTEM_DATABASE_URL") or self.store.queue_url()
        return open_queue(f"agentc-{self.app.name}".lower(), sql_url(url), registry)

    def is_away(self, error: Exception) -> bool:
        """Return whether the database does not answer."""
        from .database import is_away

        return is_away(error)

    async def work(self, work: Work, registry: Registry, stop: asyncio.Event) -> None:
        """Take runs from the queue until `stop` is set and `work` has come to rest."""
        from .dbos_queue import take_runs

        async with self.open(registry) as queue:
            await take_runs(queue, self.app.graph_hash, work, stop)
