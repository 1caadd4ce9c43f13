# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs that the process of the server does itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from ..app import App, Listener
from ..errors import Paused
from ..report import report_object
from .place import Ending
from .record import RunRecord
from .registry import Registry

__all__ = ["Here"]

_LOG = logging.getLogger("agentc.serve")


class Here:
    """The process of the server; see `Place`."""

    outlives: ClassVar[bool] = False
    fate: ClassVar[str] = "which the next start goes on with"

    def __init__(self, app: App[Any], registry: Registry) -> None:
        self._app = app
        self._registry = registry

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Make ready: the first run must not wait for imports."""
        await asyncio.to_thread(self._app.compile, None)
        yield

    async def recover(self, going: Collection[str]) -> int:
        """Queue the runs again that nobody works on."""
        return await self._registry.recover(going)

    async def take(self) -> RunRecord | None:
        """Return the next run."""
        return await self._registry.take()

    async def do(self, taken: RunRecord, listeners: Sequence[Listener]) -> Ending:
        """Do a run."""
        started = time.monotonic()
        is_outage = False
        asked: Paused | None = None
        try:
            state = await self._run(taken, listeners)
            report: dict[str, object] = {"status": "finished", "state": state}
        except Paused as pause:
            report, asked = report_object(pause, taken.id), pause
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            is_outage = self._registry.is_outage(error)
            if not is_outage:
                _LOG.error("run %s failed", taken.id, exc_info=error)
            failure = report_object(error, taken.id if self._app.durable else None)
            report = {"status": failure.pop("status"), "error": failure}
        status = str(report.pop("status"))
        questions = asked.questions if asked is not None else ()
        return Ending(status, report, questions, time.monotonic() - started, is_outage)

    async def stop(self, taken: RunRecord) -> Ending:
        """Return how a run has ended that was cut off."""
        return Ending("cancelled", {})

    async def leave(self, taken: RunRecord) -> str:
        """Queue a run again; that it was left is no fault of it."""
        await self._registry.requeue(taken)
        return "queued"

    async def withdraw(self, run: RunRecord) -> None:
        """Do nothing: nobody else has the run."""

    async def forget(self, runs: Mapping[str, int]) -> None:
        """Delete what is saved of ended runs."""
        for run in runs:
            await self._app.forget(run)

    def workers(self) -> int | None:
        """Return None: there are no workers."""
        return None

    async def _run(self, taken: RunRecord, listeners: Sequence[Listener]) -> object:
        """Run, continue or answer a run; whatever a crash has left is gone on with."""
        if taken.questions:
            asked = [each.id for each in taken.questions]
            return await self._app.aresume(
                taken.id, taken.answers, asked=asked, listeners=listeners
            )
        return await self._app.arun_once(
            taken.inputs,
            thread=taken.id,
            simulate=taken.simulate,
            session=taken.session,
            user=taken.user,
            listeners=listeners,
        )
