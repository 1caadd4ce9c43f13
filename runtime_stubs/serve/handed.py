# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What the registry knows of runs that are handed to workers."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable

from .record import RunRecord
from .registry import Registry
from .store import Transaction
from .tables import first, records

__all__ = ["HandedRuns"]


class HandedRuns:
    """Part of the registry's database.

    A run is `handed` from the moment it is taken until a worker has begun it. Its turn stays the
    same when the server starts again, and so does what the queue calls it.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def next(self) -> RunRecord | None:
        """Mark the oldest queued run as handed over and return it.

        A paused run whose question may wait no longer counts as queued.
        """
        flow = self._registry.flow

        def work(db: Transaction) -> RunRecord | None:
            due = "WHERE flow = ? AND wake <= ? ORDER BY wake LIMIT 1"
            queued = "WHERE flow = ? AND status = 'queued' ORDER BY number LIMIT 1"
            found = first(db, due, (flow, time.time())) or first(db, queued, (flow,))
            if found is None:
                return None
            db.change(
                "UPDATE agentc_runs SET status = 'handed', attempts = attempts + 1, "
                "turn = turn + 1, wake = NULL WHERE id = ?",
                (found.id,),
            )
            return first(db, "WHERE id = ?", (found.id,))

        return await self._registry.do(work)

    async def left(self, going: Collection[str]) -> list[RunRecord]:
        """Return the runs that were handed over and have not ended, all but `going`."""
        where = "WHERE flow = ? AND status IN ('handed', 'running') ORDER BY number"
        found = await self._registry.do(lambda db: records(db, where, (self._registry.flow,)))
        return [each for each in found if each.id not in going]

    async def begun(self, runs: Iterable[RunRecord]) -> None:
        """Note that workers have begun runs."""
        sql = "UPDATE agentc_runs SET status = 'running' WHERE id = ? AND turn = ? AND status = 'handed'"
        values = [(each.id, each.turn) for each in runs]
        await self._registry.insist(lambda db: db.change_all(sql, values))
