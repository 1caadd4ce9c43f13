# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs saved in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .journal import Opened
from .journal_sql import SCHEMA, JournalTable, Value
from .sqlite_file import keep_open

if TYPE_CHECKING:
    from .sqlite_saver import ThreadSaver

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
        import asyncio  # not at the top: `--help` must not wait for them
        from concurrent.futures import ThreadPoolExecutor

        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

        from .sqlite_saver import ThreadSaver

        path = self.file()
        path.parent.mkdir(parents=True, exist_ok=True)
        keep_open(path)
        # State is plain data, so nothing else may come out of the file.
        plain = JsonPlusSerializer(allowed_msgpack_modules=None)

        def connect() -> ThreadSaver:
            saver = ThreadSaver(sqlite3.connect(path, timeout=WAIT), thread, serde=plain)
            try:
                _set_up(saver)
            except BaseException:
                saver.conn.close()
                raise
            return saver

        thread = ThreadPoolExecutor(1, "agentc-saves")
        try:
            saver = await asyncio.get_running_loop().run_in_executor(thread, connect)
            try:
                yield Opened(saver, JournalTable(_Connection(saver)))
            finally:
                await asyncio.shield(saver.there(saver.conn.close))
        finally:
            thread.shutdown(wait=False)


def _set_up(saver: ThreadSaver) -> None:
    """Make the tables that are missing."""
    try:
        for part in ("task_path FROM writes", "1 FROM checkpoints", "1 FROM agentc_journal"):
            saver.conn.execute(f"SELECT {part} LIMIT 0")
        saver.is_setup = True
    except sqlite3.OperationalError:  # one is not there, or of an earlier version
        saver.setup()
        saver.conn.execute(SCHEMA)


class _Connection:
    """The connection of a saver, with which it takes turns."""

    def __init__(self, saver: ThreadSaver) -> None:
        self._saver = saver

    async def rows(self, sql: str, values: Sequence[Value]) -> list[tuple[object, ...]]:
        """Return what a statement selects."""
        return await self._saver.there(lambda: self._saver.conn.execute(sql, values).fetchall())

    async def change(self, sql: str, values: Sequence[Value]) -> None:
        """Execute a statement; returns when what it changed is on disk."""

        def change() -> None:
            with self._saver.conn as connection:  # commits, or rolls back after an error
                connection.execute(sql, values)

        await self._saver.there(change)
