# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs saved in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .environment import address_of_runs
from .errors import away
from .journal import Opened
from .journal_sql import SCHEMA, JournalTable, Value

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg import AsyncConnection
    from psycopg.rows import DictRow

_Dicts: TypeAlias = "AsyncConnection[DictRow]"

__all__ = ["PostgresCheckpoints"]


@dataclass(frozen=True)
class PostgresCheckpoints:
    """Where the database is: `url`, unless the environment variable `AGENTC_CHECKPOINTS` says another.

    Addresses hold passwords: `url` is empty or refers to the environment (`${env:NAME}`).
    """

    url: str = ""

    def address(self) -> str:
        """Return where the database is."""
        return address_of_runs(self.url, "postgresql://user@host/name")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Connect, and make the tables if they do not exist."""
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
        from psycopg import AsyncConnection, Error
        from psycopg.rows import dict_row

        # State is plain data, so nothing else may come out of the database.
        plain = JsonPlusSerializer(allowed_msgpack_modules=None)
        try:
            connected = await AsyncConnection.connect(
                self.address(), autocommit=True, prepare_threshold=0, row_factory=dict_row
            )
        except Error as error:
            raise away(error) from error
        async with connected as connection:
            saver = AsyncPostgresSaver(connection, serde=plain)
            await _set_up(saver, connection)
            yield Opened(saver, JournalTable(_Connection(saver, connection)))


async def _set_up(saver: AsyncPostgresSaver, connection: _Dicts) -> None:
    """Make the tables that are missing; of programs that start together one at a time."""
    import asyncio  # not at the top: `--help` must not wait for it

    if await _is_set_up(saver, connection):
        return
    # Asked again instead of waited for: a transaction that waits in the database would keep
    # LangGraph's indexes from being built.
    while not await _value(connection, b"SELECT pg_try_advisory_lock(7263548173) AS value"):
        await asyncio.sleep(0.05)
    try:
        await saver.setup()
        await connection.execute(SCHEMA.encode())
    finally:
        await connection.execute(b"SELECT pg_advisory_unlock(7263548173)")


async def _is_set_up(saver: AsyncPostgresSaver, connection: _Dicts) -> bool:
    have_tables = (
        b"SELECT to_regclass('agentc_journal') IS NOT NULL"
        b" AND to_regclass('checkpoint_migrations') IS NOT NULL AS value"
    )
    if not await _value(connection, have_tables):
        return False
    version = await _value(connection, b"SELECT max(v) AS value FROM checkpoint_migrations")
    return version == len(saver.MIGRATIONS) - 1


async def _value(connection: _Dicts, sql: bytes) -> object:
    row = await (await connection.execute(sql)).fetchone()
    return row["value"] if row else None


class _Connection:
    """The connection of a saver, with which it takes turns."""

    def __init__(self, saver: AsyncPostgresSaver, connection: _Dicts) -> None:
        self._saver = saver
        self._connection = connection

    async def rows(self, sql: str, values: Sequence[Value]) -> list[tuple[object, ...]]:
        """Return what a statement selects."""
        async with self._saver.lock:
            cursor = await self._connection.execute(sql.replace("?", "%s").encode(), values)
            return [tuple(row.values()) for row in await cursor.fetchall()]

    async def change(self, sql: str, values: Sequence[Value]) -> None:
        """Execute a statement; returns when what it changed is on disk."""
        async with self._saver.lock:
            await self._connection.execute(sql.replace("?", "%s").encode(), values)
