# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Saves of one run in PostgreSQL: what is saved at one moment is one statement, which needs the lease."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from langgraph.checkpoint.base import WRITES_IDX_MAP, get_checkpoint_id
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from ..journal_sql import Value
from .engine import LeaseLost

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import CheckpointTuple
    from psycopg import AsyncConnection
    from psycopg.rows import DictRow
    from psycopg_pool import AsyncConnectionPool

    from .registry import Lease

    _Pool: TypeAlias = "AsyncConnectionPool[AsyncConnection[DictRow]]"

__all__ = ["FencedPostgresSaver", "FencedTable", "Saves"]

PATIENCE = 60.0  # seconds a save may take: psycopg may wait for a connection that was lost for ever
USUAL = 8  # rows up to which the server keeps the plan of a statement
MOST = 1000  # rows that different savers put into one statement
# Passes of the event loop until LangGraph, which saves a step in parts, has asked for all of them.
PASSES = 3
# State is plain data, so nothing else may come out of the database.
PLAIN = JsonPlusSerializer(allowed_msgpack_modules=None)
# The row stays locked until the statement is committed: nobody takes the run while it is saved.
_HELD = "held AS MATERIALIZED (SELECT 1 FROM agentc_leases WHERE run = %s AND token = %s FOR SHARE)"
_VALUES = re.compile(r"VALUES\s*\(([%s,\s]+)\)")

Row: TypeAlias = "Sequence[Any]"
# `INSERT … VALUES (%s, …)` with what else belongs to it, or a statement that ends with its
# condition; and the values, for each row.
Change: TypeAlias = "tuple[str, Sequence[Row]]"


class _Batch:
    """Changes that are saved together: rows by the statement that they belong to."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}
        self.done: asyncio.Task[None] | None = None

    def takes(self, sql: str) -> bool:
        """Whether another change of this kind has room: a statement changes no row twice."""
        known = self._rows.get(sql)
        return known is None or ("DO NOTHING" in sql and len(known) < MOST)

    def add(self, changes: Sequence[Change]) -> None:
        """Add changes."""
        for sql, rows in changes:
            self._rows.setdefault(sql, []).extend(rows)

    @property
    def is_usual(self) -> bool:
        """Whether its statement will come again."""
        return sum(map(len, self._rows.values())) <= USUAL

    def statement(self, lease: Lease) -> tuple[bytes, list[Any]]:
        """Return one statement that makes the changes if the lease is held, and says whether it is."""
        parts, values = [_HELD], [lease.run, lease.token]
        for number, (sql, rows) in enumerate(self._rows.items()):
            parts.append(f"part{number} AS ({_fenced(sql, len(rows))})")
            values += [value for row in rows for value in row]
        text = f"WITH {', '.join(parts)} SELECT count(*) AS held FROM held"
        return text.encode(), values


def _fenced(sql: str, rows: int) -> str:
    """Make a statement change nothing when there is no row in `held`."""
    sql = sql.strip().rstrip(";")
    found = _VALUES.search(sql)
    if found is None:
        return f"{sql} AND EXISTS (SELECT 1 FROM held)"
    row = f"({found[1]})"
    new = f"SELECT new.* FROM held, (VALUES {', '.join([row] * rows)}) AS new"
    return f"{sql[: found.start()]}{new}{sql[found.end() :]}"


class Saves:
    """What one run saves, a batch at a time."""

    def __init__(self, pool: _Pool, lease: Lease) -> None:
        self._pool = pool
        self._lease = lease
        self._turn = asyncio.Lock()
        self._next = _Batch()
        self._open: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Saves]:
        """Give this; wait at the end for what is still being saved."""
        try:
            yield self
        finally:
            await asyncio.gather(*self._open, return_exceptions=True)

    async def change(self, *changes: Change) -> None:
        """Make changes, all or none; returns when they are on disk.

        Raises:
            LeaseLost: the run is not ours any more; nothing was changed.
        """
        if not all(self._next.takes(sql) for sql, _ in changes):
            self._next = _Batch()
        batch = self._next
        batch.add(changes)
        if batch.done is None:
            batch.done = asyncio.create_task(self._save(batch))
            self._open.add(batch.done)
            batch.done.add_done_callback(self._ended)
        # Others may wait for the same batch: who is cut off does not take it along.
        await asyncio.shield(batch.done)

    def _ended(self, saving: asyncio.Task[None]) -> None:
        self._open.discard(saving)
        if not saving.cancelled():
            saving.exception()  # told to those who wait for it, if anybody still does

    async def _save(self, batch: _Batch) -> None:
        async with self._turn:
            for _ in range(PASSES):
                await asyncio.sleep(0)
            if self._next is batch:
                self._next = _Batch()
            text, values = batch.statement(self._lease)
            async with asyncio.timeout(PATIENCE), self._pool.connection() as connection:
                cursor = await connection.execute(text, values, prepare=batch.is_usual)
                row = await cursor.fetchone()
        if row is None or not row["held"]:
            raise LeaseLost


class FencedPostgresSaver(AsyncPostgresSaver):
    """LangGraph's saver of one run, which only saves as long as nobody else has taken the run."""

    def __init__(self, pool: _Pool, saves: Saves) -> None:
        super().__init__(pool, serde=PLAIN)
        self._saves = saves
        self._unsaved: str | None = None  # a thread that we know to have no checkpoint

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint of a run; that there is none is asked once."""
        wanted = config["configurable"]
        is_new = not (get_checkpoint_id(config) or wanted.get("checkpoint_ns"))
        if is_new and wanted["thread_id"] == self._unsaved:
            return None
        found = await super().aget_tuple(config)
        if is_new and found is None:
            self._unsaved = wanted["thread_id"]
        return found

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Save what a task wrote; it is too little to be worth a thread, as LangGraph has it."""
        wanted = config["configurable"]
        place = (wanted["thread_id"], wanted["checkpoint_ns"], wanted["checkpoint_id"])
        replaces = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        sql = self.UPSERT_CHECKPOINT_WRITES_SQL if replaces else self.INSERT_CHECKPOINT_WRITES_SQL
        if rows := self._dump_writes(*place, task_id, task_path, writes):
            await self._saves.change((sql, rows))

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[Any]:
        """Give LangGraph a cursor: it saves with those for pipelines, and reads with the others."""
        if not pipeline:
            async with super()._cursor() as cursor:
                yield cursor
            return
        noted = _Noted()
        yield noted
        self._unsaved = None
        await self._saves.change(*noted.changes)


class _Noted:
    """A cursor that notes what is to be saved."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    async def execute(self, sql: str, values: Row) -> None:
        """Note a statement."""
        self.changes.append((sql, [values]))

    async def executemany(self, sql: str, rows: Iterable[Row]) -> None:
        """Note a statement for several rows."""
        self.changes.append((sql, list(rows)))


class FencedTable:
    """The journal of one run; see `journal_sql.Database`."""

    def __init__(self, pool: _Pool, saves: Saves) -> None:
        self._pool = pool
        self._saves = saves

    async def rows(self, sql: str, values: Sequence[Value]) -> list[tuple[object, ...]]:
        """Return what a statement selects."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(sql.replace("?", "%s").encode(), values)
            return [tuple(row.values()) for row in await cursor.fetchall()]

    async def change(self, sql: str, values: Sequence[Value]) -> None:
        """Execute a statement, if the run is still ours; returns when it is on disk."""
        await self._saves.change((sql.replace("?", "%s"), [values]))
