# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs of several workers of one host in one SQLite file: saving needs the lease."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..checkpoint import WAIT, SqliteCheckpoints
from ..journal import Opened

if TYPE_CHECKING:
    import sqlalchemy as sa
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from ..durable import Checkpoints
    from .leases import Leases
    from .registry import Lease, Registry

__all__ = ["SqliteStore"]

# A statement that writes: it waits for other writers, and they for the end of this transaction.
_HOLD = "UPDATE agentc_leases SET token = token WHERE run = ? AND token = ?"


@dataclass
class SqliteStore:
    """The file of `checkpoints`."""

    checkpoints: SqliteCheckpoints

    @asynccontextmanager
    async def open_all(self) -> AsyncIterator[None]:
        """Make tables that are missing; each run has connections of its own."""
        async with self.checkpoints.open():
            pass
        yield

    def fenced(self, lease: Lease) -> Checkpoints:
        """Return the store for one run."""
        return _Fenced(self.checkpoints, lease)

    def leases(self, registry: Registry) -> Leases:
        """Return the leases."""
        from .leases import ThreadLeases

        return ThreadLeases(registry)

    def database(self) -> sa.Engine:
        """Return the file, for the tables of workers."""
        from .database import connect

        self._file.parent.mkdir(parents=True, exist_ok=True)
        return connect(f"sqlite:///{self._file}")

    def queue_url(self) -> str:
        """Return a file beside it: two kinds of writers would only wait for each other."""
        return f"sqlite:///{self._file}.queue"

    @property
    def _file(self) -> Path:
        return self.checkpoints.file().absolute()


@dataclass(frozen=True)
class _Fenced:
    """One run: a connection that reads, and one whose only transactions are saves."""

    checkpoints: SqliteCheckpoints
    lease: Lease

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Give the savers of the run."""
        import asyncio

        import aiosqlite
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        from .engine import LeaseLost
        from .fence import FencedSaver

        turns = asyncio.Lock()
        async with (
            self.checkpoints.open() as opened,
            aiosqlite.connect(self.checkpoints.file(), timeout=WAIT) as connection,
        ):
            saver = AsyncSqliteSaver(connection, serde=opened.saver.serde)
            await saver.setup()

            @asynccontextmanager
            async def writer() -> AsyncIterator[BaseCheckpointSaver[str]]:
                async with turns:
                    values = (self.lease.run, self.lease.token)
                    try:
                        found = await connection.execute(_HOLD, values)
                        if found.rowcount != 1:
                            raise LeaseLost
                        yield saver
                    finally:
                        await connection.rollback()  # what was saved is committed already

            yield Opened(FencedSaver(opened.saver, writer), opened.journals)
