# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Saves runs in an SQLite file from a thread of its own, each call as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, TypeVar

from langgraph.checkpoint.sqlite import SqliteSaver

if TYPE_CHECKING:
    import sqlite3

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import (
        ChannelVersions,
        Checkpoint,
        CheckpointMetadata,
        CheckpointTuple,
        DeltaChannelHistory,
    )
    from langgraph.checkpoint.serde.base import SerializerProtocol

__all__ = ["ThreadSaver"]

T = TypeVar("T")


class ThreadSaver(SqliteSaver):
    """LangGraph's saver for SQLite, for an event loop.

    LangGraph's own one for event loops goes to the thread and back for each statement, cursor and
    commit: most of the time that saving a step takes.
    """

    def __init__(
        self, connection: sqlite3.Connection, thread: Executor, *, serde: SerializerProtocol
    ) -> None:
        """Save over a connection that belongs to the one thread of `thread`."""
        super().__init__(connection, serde=serde)
        self._thread = thread

    async def there(self, work: Callable[[], T]) -> T:
        """Do something with the connection, after all that was asked for before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint of a run."""
        return await self.there(lambda: self.get_tuple(config))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Give the checkpoints of a run, the newest first."""
        found = self.list(config, filter=filter, before=before, limit=limit)
        for each in await self.there(lambda: [*found]):
            yield each

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint; returns when it is on disk."""
        return await self.there(lambda: self.put(config, checkpoint, metadata, new_versions))

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Save what a task wrote; returns when it is on disk."""
        await self.there(lambda: self.put_writes(config, writes, task_id, task_path))

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete what is saved of a run."""
        await self.there(lambda: self.delete_thread(thread_id))

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Return what was written to fields that are saved as differences."""
        return await self.there(
            lambda: self.get_delta_channel_history(config=config, channels=channels)
        )
