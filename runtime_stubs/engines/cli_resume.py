# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `resume` of a package with a queue."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ..app import Listener
from ..cli_resume import Resume
from ..console import run_in_console
from ..errors import ThreadError

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["QueuedResume"]


class QueuedResume(Resume):
    """`resume`: go on with a saved run here, unless a worker does."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.app)
        self._engine = engine

    def execute(self, options: argparse.Namespace) -> int:
        """Continue the run."""

        async def start(listeners: list[Listener]) -> object:
            return await self._resume(options.thread, options.answer, listeners)

        return run_in_console(f"python -m {self._app.name}", options.thread, options, start)

    async def _resume(self, thread: str, answers: list[str], listeners: list[Listener]) -> object:
        import asyncio

        from .session import open_registry

        store = self._engine.store
        async with open_registry(self._engine) as registry, store.open_all():
            # Under the name of no worker that is alive: one may take the run, and we stop.
            lease = await asyncio.to_thread(registry.take, thread, f"resume-{os.getpid()}")
            if lease is None:
                raise ThreadError(f"a worker goes on with the run `{thread}` right now")
            try:
                app = replace(self._app, checkpoints=store.fenced(lease))
                return await app.aresume(thread, answers, listeners=listeners)
            finally:
                await asyncio.to_thread(registry.release, lease)
