# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs saved in one SQLite file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .journal import Opened
from .journal_sql import SCHEMA, JournalTable, Value
from .sqlite_file import keep_open

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

__all__ = ["SqliteCheckpoints"]

WAIT = 30.0  # seconds for other writers


@dataclass(frozen=True)
class SqliteCheckpoints:
    """Where the file is: `path`, unless the environment variable `AGENTC_CHECKPOINTS` says another."""

    path: str

    def file(self) -> Path:
        """Return where the file is."""
        return Path(os.environ.get("AGENTC_CHECKPOINTS") or self.path)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Opened]:
        """Open the file, which is made with its folder if it does not exist."""
        import aiosqlite
        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        path = self.file()
        path.parent.mkdir(parents=True, exist_ok=True)
        keep_open(path)
        # State is plain data, so nothing else may come out of the file.
        plain = JsonPlusSerializer(allowed_msgpack_modules=None)
        async with aiosqlite.connect(path, timeout=WAIT) as connection:
            saver = AsyncSqliteSaver(connection, serde=plain)
            await saver.setup()
            await connection.execute(SCHEMA)
            yield Opened(saver, JournalTable(_Connection(saver)))


class _Connection:
    """The connection of a saver, with which it takes turns."""

    def __init__(self, saver: AsyncSqliteSaver) -> None:
        self._saver = saver

    async def rows(self, sql: str, values: Sequence[Value]) -> list[tuple[object, ...]]:
        """Return what a statement selects."""
        async with self._saver.lock, self._saver.conn.execute(sql, values) as cursor:
            return [tuple(row) for row in await cursor.fetchall()]

    async def change(self, sql: str, values: Sequence[Value]) -> None:
        """Execute a statement; returns when what it changed is on disk."""
        async with self._saver.lock:
            await self._saver.conn.execute(sql, values)
            await self._saver.conn.commit()
