# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs of many workers in a PostgreSQL database: connections are shared, saving needs the lease."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from ..checkpoint_postgres import PostgresCheckpoints
from ..journal import Opened
from ..journal_sql import JournalTable

if TYPE_CHECKING:
    import sqlalchemy as sa
    from psycopg import AsyncConnection
    from psycopg.rows import DictRow
    from psycopg_pool import AsyncConnectionPool

    from ..durable import Checkpoints
    from .leases import Leases
    from .registry import Lease, Registry

_Connection: TypeAlias = "AsyncConnection[DictRow]"
_Pool: TypeAlias = "AsyncConnectionPool[AsyncConnection[DictRow]]"

__all__ = ["PostgresStore"]

CONNECTIONS = 8  # of one worker, however many runs it has
IDLE = 1.0  # seconds without use after which a connection may have been lost unnoticed


@dataclass
class PostgresStore:
    """The database of `checkpoints`."""

    checkpoints: PostgresCheckpoints
    _pool: _Pool | None = None
    _used: WeakKeyDictionary[_Connection, float] = field(default_factory=WeakKeyDictionary)

    @asynccontextmanager
    async def open_all(self) -> AsyncIterator[None]:
        """Make tables that are missing and open the connections that runs share."""
        from psycopg.rows import dict_row
        from psycopg_pool import AsyncConnectionPool

        async with self.checkpoints.open():
            pass
        settings: dict[str, Any] = {
            "autocommit": True,
            "prepare_threshold": 0,
            "row_factory": dict_row,
        }
        pool: _Pool = AsyncConnectionPool(
            self.checkpoints.address(),
            kwargs=settings,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=300.0,
            check=self._check,
            reset=self._note_use,
            open=False,
        )
        async with pool:
            self._pool = pool
            yield
            self._pool = None

    async def _check(self, connection: _Connection) -> None:
        """Look whether a connection still lives, unless it did just now."""
        from psycopg_pool import AsyncConnectionPool

        if time.monotonic() - self._used.get(connection, 0.0) > IDLE:
            await AsyncConnectionPool.check_connection(connection)

    async def _note_use(self, connection: _Connection) -> None:
        """Note that a connection was used."""
        self._used[connection] = time.monotonic()

    def fenced(self, lease: Lease) -> Checkpoints:
        """Return the store for one run."""
        assert self._pool is not None, "the store is not open"
        return _Fenced(self._pool, lease)

    def leases(self, registry: Registry) -> Leases:
        """Return the leases, over the connections that runs share."""
        from .leases import PostgresLeases

        assert self._pool is not None, "the store is not open"
        return PostgresLeases(self._pool, registry)

    def database(self) -> sa.Engine:
        """Return the database for the tables of workers."""
        from .database import connect

        return connect(self.checkpoints.address())

    def queue_url(self) -> str:
        """Return the same database: the queue keeps to a schema of its own there."""
        from .database import sql_url

        return sql_url(self.checkpoints.address())


@dataclass(frozen=True)
class _Fenced:
    """One run; each reading and writing takes a connection of the pool."""

    pool: _Pool
    lease: Lease

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Give the savers of the run."""
        from .saver_postgres import FencedPostgresSaver, FencedTable, Saves

        async with Saves(self.pool, self.lease).open() as saves:
            yield Opened(
                FencedPostgresSaver(self.pool, saves), JournalTable(FencedTable(self.pool, saves))
            )
