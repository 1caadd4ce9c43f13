# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The parts of a server and how they start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..app import App
from ..errors import InputError
from ..report import report_object
from .archive import Archive
from .metrics import Metrics
from .outbox import Outbox
from .place import Place
from .ports import QueueFull, Receipt, Trigger
from .record import OPEN, Draft, RunRecord
from .registry import Registry
from .runner import Runner
from .store import Database, StoreAway

__all__ = ["Server", "Settings"]

_LOG = logging.getLogger("agentc.serve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the command line says; `grace` in seconds, `max_body` in bytes.

    Runs that have ended are forgotten after `keep_days`, and earlier when more than `keep_runs`
    have ended since.
    """

    concurrency: int = 8
    max_queue: int = 1000
    max_body: int = 1_000_000
    grace: float = 30.0
    keep_days: float = 30.0
    keep_runs: int = 10_000
    api_key: str | None = None
    public_url: str | None = None


class Server:
    """Everything between the requests and the runs; also the inbox of the triggers.

    Args:
        place: makes the place where the runs are done.

    Attributes:
        stop: what ends the server when another one has taken its runs.
    """

    def __init__(
        self,
        app: App[Any],
        triggers: Sequence[Trigger],
        settings: Settings,
        database: Database,
        place: Callable[[Registry], Place],
    ) -> None:
        self.app = app
        self.triggers = tuple(triggers)
        self.settings = settings
        self.metrics = Metrics()
        self.registry = Registry(database)
        self.place = place(self.registry)
        self.stop: Callable[[], None] | None = None
        self.runner: Runner
        self.public_url = settings.public_url
        self._by_name = {each.name: each for each in triggers}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run what is queued and watch for what comes in, inside the block; `place` is open."""
        outbox = Outbox(self.registry, self._by_name)
        self.runner = Runner(
            self.place,
            self.registry,
            self.metrics,
            concurrency=self.settings.concurrency,
            replying=frozenset(name for name, each in self._by_name.items() if each.reply),
            on_reply=outbox.notify,
        )
        await Archive(self.registry).forget_deliveries()
        again = await self.place.recover(())
        if again:
            _LOG.info("going on with %d runs of the last server", again)
        works = (
            self.runner.run(),
            outbox.run(),
            self._store_events(),
            self._forget_runs(),
            self._check_runs(),
        )
        tasks = [asyncio.create_task(work) for work in works]
        watches = [asyncio.create_task(self._watch(each)) for each in self.triggers]
        try:
            yield
        finally:
            await _stop(watches)
            self.drain()
            await self.runner.drained()
            await _stop(tasks)
            try:
                await self.runner.logs.store()
            except StoreAway as error:
                _LOG.warning("events could not be stored: %s", error.message)
            await self.registry.close()

    def drain(self) -> None:
        """Begin to stop: take no more runs, give those that go on their time."""
        self.runner.drain(self.settings.grace)

    async def submit(self, draft: Draft) -> Receipt:
        """Store a run and see that it is made; see `Inbox.accept` for what this raises."""
        counts = await self.registry.counts()
        if counts.get("queued", 0) >= self.settings.max_queue or self.runner.is_draining:
            self.metrics.delivered(draft.source, "refused")
            raise QueueFull("too many runs wait: try again later")
        run, is_new = await self.registry.add(draft)
        self.metrics.delivered(draft.source, "accepted" if is_new else "duplicate")
        if is_new and draft.error is None:
            await self.runner.logs.of(run)
            self.runner.notify()
        return Receipt(run, is_new)

    async def accept(
        self,
        source: str,
        inputs: Mapping[str, object],
        *,
        key: str | None,
        digest: str = "",
        user: str | None = None,
        session: str | None = None,
        reply_to: str | None = None,
        keeps_bad: bool = False,
    ) -> Receipt:
        """Store a run of a trigger; see `Inbox.accept`."""
        failure = None
        try:
            inputs = self.app.check(inputs)
        except InputError as error:
            if not keeps_bad:
                raise
            failure = report_object(error, None)
            del failure["status"]
            _LOG.warning("%s: message %s does not fit: %s", source, key, error)
        return await self.submit(
            Draft(
                inputs=inputs,
                source=source,
                key=key,
                digest=digest,
                user=user,
                session=session,
                reply_to=reply_to,
                error=failure,
            )
        )

    async def result(self, run: str, seconds: float) -> RunRecord | None:
        """Wait for a run as long as that and return how it stands."""
        record = await self.registry.get(run)
        log = self.runner.logs.find(run)
        if record is None or record.status not in OPEN or log is None or seconds <= 0:
            return record
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(log.ended(), seconds)
        return await self.registry.get(run)

    def public(self, record: RunRecord) -> dict[str, object]:
        """Return what clients are told of a run."""
        told = record.public()
        if record.status == "queued" and self.place.workers() == 0:
            told["waits_for"] = "a worker: none is alive"
        return told

    async def note(self, source: str, key: str) -> None:
        """Remember a key without a run."""
        await self.registry.note(source, key)

    async def last_key(self, source: str) -> str | None:
        """Return the greatest key of a source."""
        return await self.registry.last_key(source)

    def refused(self, source: str, why: str) -> None:
        """Log and count a delivery that was refused."""
        _LOG.warning("%s: refused: %s", source, why)
        self.metrics.delivered(source, "refused")

    def is_allowed(self, headers: Mapping[str, str]) -> bool:
        """Return whether a request has the API key, if there is one."""
        key = self.settings.api_key
        if key is None:
            return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given = token if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        return hmac.compare_digest(given.encode(), key.encode())

    async def _store_events(self) -> None:
        """Store what happens in the runs, once a second."""
        while True:
            await asyncio.sleep(1.0)
            with contextlib.suppress(StoreAway):  # said by those who take runs
                await self.runner.logs.store()

    async def _check_runs(self) -> None:
        """End the server when its runs are no longer its own."""
        while True:
            await asyncio.sleep(5.0)
            with contextlib.suppress(StoreAway):
                await self.registry.counts()
            if self.registry.is_superseded and self.stop is not None:
                _LOG.error("another server has taken the runs of this one, which ends")
                self.runner.abandon()
                self.stop()
                return

    async def _forget_runs(self) -> None:
        """Forget runs that ended long ago, now and every ten minutes."""
        seconds = self.settings.keep_days * 24 * 3600.0
        archive = Archive(self.registry)
        while True:
            try:
                while old := await archive.old_runs(seconds, self.settings.keep_runs):
                    await self.place.forget(old)
                    await archive.delete(list(old))
                    _LOG.info("forgot %d runs that ended long ago", len(old))
            except StoreAway as error:
                _LOG.warning("old runs cannot be forgotten: %s", error.message)
            except BaseException as error:
                if not isinstance(error, Exception):
                    raise
                _LOG.exception("old runs cannot be forgotten")  # this time
            await asyncio.sleep(600.0)

    async def _watch(self, trigger: Trigger) -> None:
        """Watch for one trigger; what stops it is tried again, ever more slowly."""
        delay = 1.0
        while True:
            started = time.monotonic()
            try:
                await trigger.watch(self)
                return
            except BaseException as error:
                if not isinstance(error, Exception):
                    raise
                if time.monotonic() - started > 60:
                    delay = 1.0  # it went well for a while
                name = type(error).__name__
                _LOG.warning("%s: %s, next try in %g s", trigger.name, name, delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 300.0)


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
