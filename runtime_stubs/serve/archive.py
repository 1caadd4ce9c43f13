# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a server keeps of its runs for later: their events, and ended runs for a while."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .registry import Registry
from .store import Transaction
from .tables import as_json

__all__ = ["Archive", "Happened"]

KEEP_DELIVERIES = 30 * 24 * 3600.0  # seconds; longer than any sender repeats a delivery
MAX_EVENTS = 5_000  # per run; the oldest are dropped
ENDED = "status IN ('finished', 'failed', 'cancelled') AND reply_at IS NULL"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event; `number` counts those of the run, upwards but not without gaps."""

    number: int
    kind: str
    data: Mapping[str, object]


class Archive:
    """Part of the registry's database."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def add(self, events: Mapping[str, Sequence[Happened]]) -> None:
        """Store events by run."""

        def work(db: Transaction) -> None:
            for run, happened in events.items():
                rows = [(run, each.number, each.kind, as_json(each.data)) for each in happened]
                db.change_all(
                    "INSERT INTO agentc_events (run, number, kind, data) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT DO NOTHING",
                    rows,
                )
                db.change(
                    "DELETE FROM agentc_events WHERE run = ? AND number <= (SELECT number FROM "
                    "agentc_events WHERE run = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                    (run, run, MAX_EVENTS),
                )

        await self._registry.do(work)

    async def events(self, run: str, after: int, before: int) -> list[Happened]:
        """Return the events of a run with numbers between these two."""
        sql = (
            "SELECT number, kind, data FROM agentc_events "
            "WHERE run = ? AND number > ? AND number < ? ORDER BY number"
        )
        rows = await self._registry.do(lambda db: db.rows(sql, (run, after, before)))
        return [Happened(number, kind, json.loads(data)) for number, kind, data in rows]

    async def last_number(self, run: str) -> int:
        """Return the number of the last event of a run that is stored, 0 if there is none."""
        sql = "SELECT coalesce(max(number), 0) FROM agentc_events WHERE run = ?"
        return await self._registry.do(lambda db: int(db.rows(sql, (run,))[0][0]))

    async def old_runs(self, seconds: float, most: int) -> dict[str, int]:
        """Return runs that ended longer ago than that, or before the last `most` that ended, and
        how often each was taken.

        They are so many at a time that requests need not wait for long.
        """

        def work(db: Transaction) -> dict[str, int]:
            over = db.rows(
                f"SELECT finished FROM agentc_runs WHERE flow = ? AND {ENDED} "
                "ORDER BY finished DESC LIMIT 1 OFFSET ?",
                (self._registry.flow, most),
            )
            limit = max([time.time() - seconds, *(finished for [finished] in over)])
            rows = db.rows(
                f"SELECT id, turn FROM agentc_runs WHERE flow = ? AND {ENDED} AND finished <= ? "
                "ORDER BY finished LIMIT 500",
                (self._registry.flow, limit),
            )
            return {str(run): int(turn) for run, turn in rows}

        return await self._registry.do(work)

    async def delete(self, runs: Sequence[str]) -> None:
        """Delete runs and their events."""

        def work(db: Transaction) -> None:
            db.change_all("DELETE FROM agentc_events WHERE run = ?", [(run,) for run in runs])
            db.change_all("DELETE FROM agentc_runs WHERE id = ?", [(run,) for run in runs])

        await self._registry.do(work)

    async def forget_deliveries(self) -> None:
        """Forget those that came long ago; the last of each source stays: schedules go on there."""
        sql = (
            "DELETE FROM agentc_deliveries WHERE flow = ? AND received < ? AND (source, key) "
            "NOT IN (SELECT source, max(key) FROM agentc_deliveries WHERE flow = ? "
            "GROUP BY source)"
        )
        values = (self._registry.flow, time.time() - KEEP_DELIVERIES, self._registry.flow)
        await self._registry.do(lambda db: db.change(sql, values))
