# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs saved in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .environment import setting_text
from .errors import RuntimeFault

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

__all__ = ["PostgresCheckpoints"]


@dataclass(frozen=True)
class PostgresCheckpoints:
    """Where the database is: `url`, unless the environment variable `AGENTC_CHECKPOINTS` says another.

    Addresses hold passwords: `url` is empty or refers to the environment (`${env:NAME}`).
    """

    url: str = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BaseCheckpointSaver[Any]]:
        """Connect, and make the tables if they do not exist."""
        import os

        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

        url = os.environ.get("AGENTC_CHECKPOINTS") or setting_text(self.url)
        if not url:
            raise RuntimeFault(
                "no database to save runs in: set AGENTC_CHECKPOINTS to postgresql://user@host/name"
            )
        # State is plain data, so nothing else may come out of the database.
        plain = JsonPlusSerializer(allowed_msgpack_modules=None)
        async with AsyncPostgresSaver.from_conn_string(url, serde=plain) as saver:
            await saver.setup()
            yield saver
