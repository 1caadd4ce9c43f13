# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The journals of all runs in one table of SQLite or PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from .journal import Record
from .run import Spent

__all__ = ["SCHEMA", "Database", "JournalTable"]

# A record whose key is null was dropped: it still says what was spent.
SCHEMA = """
CREATE TABLE IF NOT EXISTS agentc_journal (
    thread_id TEXT NOT NULL,
    key TEXT,
    place TEXT NOT NULL,
    content TEXT,
    model TEXT,
    tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost DOUBLE PRECISION NOT NULL,
    UNIQUE (thread_id, key)
)
"""
_PLACES = "SELECT key, place FROM agentc_journal WHERE thread_id = ? AND key IS NOT NULL"
_SPENT = (
    "SELECT model, count(*) AS calls, sum(tokens) AS tokens, sum(cost) AS cost, "
    "max(output_tokens) AS most FROM agentc_journal "
    "WHERE thread_id = ? AND model IS NOT NULL GROUP BY model"
)
_READ = "SELECT content FROM agentc_journal WHERE thread_id = ? AND key = ?"
_WRITE = (
    "INSERT INTO agentc_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (thread_id, key) DO NOTHING"
)
_DROP = (
    "UPDATE agentc_journal SET key = NULL, content = NULL "
    "WHERE thread_id = ? AND (place = ? OR substr(place, 1, ?) = ?)"
)
_CLEAR = "DELETE FROM agentc_journal WHERE thread_id = ?"

Value = str | int | float | None


class Database(Protocol):
    """The connection that checkpoints are saved over; `?` stands for a value."""

    async def rows(self, sql: str, values: Sequence[Value]) -> Sequence[Sequence[object]]:
        """Return what a statement selects."""

    async def change(self, sql: str, values: Sequence[Value]) -> None:
        """Execute a statement; returns when what it changed is on disk."""


class JournalTable:
    """The table in a database; see `journal.Table`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def places(self, thread: str) -> Mapping[str, str]:
        """Return the place of each record of a run, by key."""
        rows = await self._database.rows(_PLACES, (thread,))
        return {str(key): str(place) for key, place in rows}

    async def spent(self, thread: str) -> Sequence[Spent]:
        """Return what the run has spent, by model."""
        rows = await self._database.rows(_SPENT, (thread,))
        return [
            Spent(str(model), int(str(calls)), int(str(tokens)), float(str(cost)), int(str(most)))
            for model, calls, tokens, cost, most in rows
        ]

    async def read(self, thread: str, key: str) -> str:
        """Return the content of a record."""
        [[content]] = await self._database.rows(_READ, (thread, key))
        return str(content)

    async def write(self, thread: str, record: Record) -> None:
        """Add a record; returns when it is on disk."""
        call = record.call
        spent: tuple[Value, ...] = (None, 0, 0, 0.0)
        if call is not None:
            tokens = call.input_tokens + call.output_tokens
            spent = (call.model, tokens, call.output_tokens, call.cost or 0.0)
        values = (thread, record.key, record.place, record.content, *spent)
        await self._database.change(_WRITE, values)

    async def drop(self, thread: str, place: str) -> None:
        """Drop the records of a place and of what went on beside one another in it."""
        await self._database.change(_DROP, (thread, place, len(place) + 1, f"{place}/"))

    async def clear(self, thread: str) -> None:
        """Delete all records of a run."""
        await self._database.change(_CLEAR, (thread,))
