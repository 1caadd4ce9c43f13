# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs saved in one SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["SqliteCheckpoints"]


@dataclass(frozen=True)
class SqliteCheckpoints:
    """Where the file is: `path`, unless the environment variable `AGENTC_CHECKPOINTS` says another."""

    path: str

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        """Open the file, which is made with its folder if it does not exist."""
        import os

        import aiosqlite
        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        path = Path(os.environ.get("AGENTC_CHECKPOINTS") or self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        # State is plain data, so nothing else may come out of the file.
        plain = JsonPlusSerializer(allowed_msgpack_modules=None)
        async with aiosqlite.connect(path) as connection:
            await connection.execute("PRAGMA busy_timeout = 5000")
            yield AsyncSqliteSaver(connection, serde=plain)
