# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What the registry knows of runs that are handed to workers."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .record import RunRecord
from .registry import Registry
from .tables import records

__all__ = ["HandedRuns"]


class HandedRuns:
    """Part of the registry's database.

    A run is `handed` from the moment it is taken until a worker has begun it. Its turn stays the
    same when the server starts again, and so does what the queue calls it.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def next(self) -> RunRecord | None:
        """Mark the oldest queued run as handed over and return it."""
        return await self._registry.take("handed")

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
