# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Keeps a worker that has lost a run from saving it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import (
        ChannelVersions,
        Checkpoint,
        CheckpointMetadata,
        CheckpointTuple,
    )

__all__ = ["FencedSaver"]


class FencedSaver(BaseCheckpointSaver[str]):
    """A saver that reads with one saver and writes with another.

    Args:
        writer: opens a transaction in which the lease cannot be lost, raises LeaseLost if it is.
    """

    def __init__(
        self,
        reader: BaseCheckpointSaver[str],
        writer: Callable[[], AbstractAsyncContextManager[BaseCheckpointSaver[str]]],
    ) -> None:
        super().__init__(serde=reader.serde)
        self._reader = reader
        self._writer = writer

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint of a run."""
        return await self._reader.aget_tuple(config)

    def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Return the checkpoints of a run."""
        return self._reader.alist(config, filter=filter, before=before, limit=limit)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint."""
        async with self._writer() as saver:
            return await saver.aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Save what a task wrote."""
        async with self._writer() as saver:
            await saver.aput_writes(config, writes, task_id, task_path)

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Return the version that follows."""
        return self._reader.get_next_version(current, channel)
