# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a server keeps of its runs for later: their events, and ended runs for a while."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .registry import Registry
from .tables import as_json

__all__ = ["Archive", "Happened"]

MAX_EVENTS = 5_000  # per run; the oldest are dropped
ENDED = "status IN ('finished', 'failed', 'cancelled') AND reply_at IS NULL"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event; `number` counts those of the run, upwards but not without gaps."""

    number: int
    kind: str
    data: Mapping[str, object]


class Archive:
    """Part of the registry's file."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def add(self, events: Mapping[str, Sequence[Happened]]) -> None:
        """Store events by run."""

        def work(db: sqlite3.Connection) -> None:
            for run, happened in events.items():
                rows = [(run, each.number, each.kind, as_json(each.data)) for each in happened]
                db.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)", rows)
                db.execute(
                    "DELETE FROM events WHERE run = ? AND number <= (SELECT number FROM events "
                    "WHERE run = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                    (run, run, MAX_EVENTS),
                )

        await self._registry.do(work)

    async def events(self, run: str, after: int, before: int) -> list[Happened]:
        """Return the events of a run with numbers between these two."""
        sql = (
            "SELECT number, kind, data FROM events "
            "WHERE run = ? AND number > ? AND number < ? ORDER BY number"
        )
        rows = await self._registry.do(lambda db: db.execute(sql, (run, after, before)).fetchall())
        return [Happened(number, kind, json.loads(data)) for number, kind, data in rows]

    async def last_number(self, run: str) -> int:
        """Return the number of the last event of a run that is stored, 0 if there is none."""
        sql = "SELECT coalesce(max(number), 0) FROM events WHERE run = ?"
        return await self._registry.do(lambda db: int(db.execute(sql, (run,)).fetchone()[0]))

    async def old_runs(self, seconds: float, most: int) -> list[str]:
        """Return runs that ended longer ago than that, or before the last `most` that ended.

        They are so many at a time that requests need not wait for long.
        """

        def work(db: sqlite3.Connection) -> list[str]:
            [limit] = db.execute(
                f"SELECT max(finished) FROM (SELECT finished FROM runs WHERE {ENDED} "
                "ORDER BY finished DESC LIMIT -1 OFFSET ?)",
                (most,),
            ).fetchone()
            rows = db.execute(
                f"SELECT id FROM runs WHERE {ENDED} AND finished <= ? ORDER BY finished LIMIT 500",
                (max(time.time() - seconds, limit or 0.0),),
            )
            return [str(run) for [run] in rows]

        return await self._registry.do(work)

    async def delete(self, runs: Sequence[str]) -> None:
        """Delete runs and their events."""

        def work(db: sqlite3.Connection) -> None:
            db.executemany("DELETE FROM events WHERE run = ?", [(run,) for run in runs])
            db.executemany("DELETE FROM runs WHERE id = ?", [(run,) for run in runs])

        await self._registry.do(work)
