# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Sees that what is queued is run, so much at a time, and lets go of it in good order."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import Callable, Mapping
from typing import cast

from .archive import Archive
from .event_log import EventLogs
from .metrics import Metrics
from .place import Ending, Place
from .record import RunRecord
from .registry import Registry
from .store import StoreAway

__all__ = ["Runner"]

_LOG = logging.getLogger("agentc.serve")

TO_STORE = 5.0  # seconds after the grace in which it is tried to store what was left


class Runner:
    """Takes runs from the registry.

    Args:
        place: where they are done.
        concurrency: how many may be there at the same time.
        on_reply: called when a result waits to be sent.
        replying: the sources whose senders are told the result.
    """

    def __init__(
        self,
        place: Place,
        registry: Registry,
        metrics: Metrics,
        *,
        concurrency: int,
        replying: frozenset[str],
        on_reply: Callable[[], None],
    ) -> None:
        self.logs = EventLogs(Archive(registry))
        self.is_draining = False
        self._place = place
        self._registry = registry
        self._metrics = metrics
        self._slots = asyncio.Semaphore(concurrency)
        self._replying = replying
        self._on_reply = on_reply
        self._news = asyncio.Event()
        self._going: dict[str, asyncio.Task[None]] = {}
        self._cancelled: set[str] = set()
        self._storing: set[str] = set()  # those of `_going` that have ended
        self._draining: asyncio.Task[None] | None = None
        self._is_unsure = False  # whether the registry may have runs as running that do not run

    def notify(self) -> None:
        """Look into the registry: something was queued."""
        self._news.set()

    async def run(self) -> None:
        """Take runs until cancelled or drained."""
        while True:
            await self._slots.acquire()
            self._news.clear()
            try:
                record = None if self.is_draining else await self._take()
            except StoreAway as error:
                _LOG.warning("%s", error.message)
                self._is_unsure = True
                self._slots.release()
                await asyncio.sleep(1)
                continue
            if record is None:
                self._slots.release()
                if self.is_draining:
                    return
                await self._rest()
                continue
            task = asyncio.create_task(self._work(record))
            self._going[record.id] = task
            task.add_done_callback(functools.partial(self._leave, record.id))

    async def cancel(self, run: str) -> bool:
        """Stop a run; return False if it has ended.

        Raises:
            StoreAway: what does the run, or keeps it, does not answer.
        """
        task = self._going.get(run)
        if task is not None:
            if run not in self._storing and run not in self._cancelled:
                self._cancelled.add(run)
                task.cancel()
            await asyncio.wait([task])
            if isinstance(error := None if task.cancelled() else task.exception(), StoreAway):
                raise error
            record = await self._registry.get(run)
            return record is None or record.status == "cancelled"
        if not await self._registry.cancel(run):
            return False
        record = await self._registry.get(run)
        if record is not None:
            await self._place.withdraw(record)
            log = self.logs.find(run)
            if log is not None:
                log.close(record.public())
        return True

    def drain(self, seconds: float) -> None:
        """Take no more runs; leave those that go on for longer than that."""
        if self._draining is None:
            if self._place.outlives:
                seconds = 0.0  # there is nothing to wait for
            self.is_draining = True
            self._registry.deadline = time.monotonic() + seconds + TO_STORE
            self._news.set()
            self._draining = asyncio.create_task(self._drain(seconds))

    def abandon(self) -> None:
        """Leave all runs at once: another server has them."""
        self.drain(0.0)
        for task in self._going.values():
            task.cancel()

    async def drained(self) -> None:
        """Wait until nothing goes on."""
        if self._draining is not None:
            await self._draining

    async def _drain(self, seconds: float) -> None:
        if self._going and seconds:
            _LOG.info("waiting up to %g s for %d runs", seconds, len(self._going))
            await asyncio.wait(list(self._going.values()), timeout=seconds)
        left = [task for run, task in self._going.items() if run not in self._storing]
        for task in left:
            task.cancel()
        if left:
            _LOG.warning("left %d runs, %s", len(left), self._place.fate)
        if self._going:
            await asyncio.wait(list(self._going.values()))

    async def _take(self) -> RunRecord | None:
        if self._is_unsure:
            await self._place.recover(self._going)
            self._is_unsure = False
        return await self._place.take()

    async def _rest(self) -> None:
        try:
            wake = await self._registry.next_wake()
        except StoreAway:
            return  # the next look says so
        wait = None if wake is None else min(max(wake - time.time(), 0.0), 3600.0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), wait)

    def _leave(self, run: str, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, StoreAway):
            _LOG.error("run %s could not be stored: %s", run, error.message)
        elif error is not None:
            _LOG.error("run %s could not be stored", run, exc_info=error)
        if error is not None or task.cancelled():
            self._is_unsure = True
            self._news.set()
        if self._going.get(run) is task:  # else it was taken again already
            del self._going[run]
        self._cancelled.discard(run)
        self._storing.discard(run)
        self._slots.release()

    async def _work(self, record: RunRecord) -> None:
        log = await self.logs.open(record.id)
        started = time.monotonic()
        try:
            ending = await self._place.do(record, [log, self._metrics])
        except asyncio.CancelledError:
            if record.id not in self._cancelled:
                status = await self._place.leave(record)
                log.close({**record.public(), "status": status})
                self._metrics.ended("queued", time.monotonic() - started)
                return
            ending = await self._place.stop(record)
        if ending.is_outage and await self._is_tried_again(record, ending):
            return
        self._storing.add(record.id)
        is_answer = ending.status == "finished" and record.source in self._replying
        replies = is_answer and bool(record.reply_to)
        await self._registry.end(
            record, ending.status, ending.outcome, ending.questions, replies=replies
        )
        if replies:
            self._on_reply()
        await self._tell(record.id, ending)

    async def _tell(self, run: str, ending: Ending) -> None:
        self._metrics.ended(ending.status, ending.seconds)
        record = await self._registry.get(run, insists=True)
        if record is not None:
            (await self.logs.open(run)).close(record.public())
            with contextlib.suppress(StoreAway):  # events are stored every second anyway
                await self.logs.store()

    async def _is_tried_again(self, record: RunRecord, ending: Ending) -> bool:
        """Put a run back whose progress could not be saved."""
        failure = cast(Mapping[str, object], ending.outcome["error"])
        _LOG.warning(
            "run %s stopped, since it could not be saved: %s", record.id, failure["message"]
        )
        await asyncio.sleep(1)
        is_put_back = await self._registry.try_again(record)
        self._news.set()
        return is_put_back
