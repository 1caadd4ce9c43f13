# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of one worker: taken, run under a lease, and given back when the worker must go."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ..app import Listener
from ..errors import Paused, message_of
from ..rate import Rate, gate
from ..report import question_data, report_object
from .engine import HandedBack, LeaseLost, RunFailed, thread_of
from .relay import Relay
from .room import Room
from .tally import Tally

if TYPE_CHECKING:
    from ..durable import DurableApp
    from .engine import Order, Outcome
    from .leases import Leases
    from .registry import Lease, Registry
    from .store import Store

__all__ = ["Work"]

SUSPECT, POISON = 2, 5  # workers that died with a run: it runs alone then, and not at all
WAIT = 1.0  # seconds between two looks whether a run is free

_log = logging.getLogger("agentc.worker")


@dataclass(slots=True)
class _Held:
    """A run in this worker's hands."""

    lease: Lease
    task: asyncio.Task[Any]
    ended_by: Literal["loss", "stop"] | None = None

    def end(self, why: Literal["loss", "stop"]) -> None:
        """Cut the run off where it is."""
        if not self.task.done() and self.ended_by is None:
            self.ended_by = why
            self.task.cancel()


class Work:
    """Runs the runs of one worker.

    Args:
        worker: its name, which no other worker may ever have had.
        concurrency: runs at the same time.
        grace: seconds that runs have left to end in when the worker must go.
    """

    def __init__(
        self,
        app: DurableApp[Any],
        store: Store,
        registry: Registry,
        worker: str,
        concurrency: int,
        grace: float,
    ) -> None:
        self.worker = worker
        self.concurrency = concurrency
        self.grace = grace
        self._app = app
        self._store = store
        self._registry = registry
        self._leases = store.leases(registry)
        self._held: dict[str, _Held] = {}
        self._room = Room()
        self._relay = Relay(registry, worker)
        self._is_stopping = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Be a worker: tell the others so until the block ends."""
        await asyncio.to_thread(self._registry.beat, self.worker, self.concurrency)
        stop = threading.Event()
        # A thread of its own: a step that blocks the event loop does not make the worker dead.
        beating = threading.Thread(
            target=self._beat, args=(asyncio.get_running_loop(), stop), daemon=True
        )
        beating.start()
        telling = asyncio.create_task(self._relay.run())
        try:
            yield
        finally:
            telling.cancel()
            stop.set()
            await asyncio.to_thread(beating.join)
            await asyncio.to_thread(self._registry.leave, self.worker)

    async def do(self, order: Order) -> Outcome:
        """Run or continue a run and return how it ended.

        Raises:
            RunFailed: it has failed.
            HandedBack: the worker was stopped.
            LeaseLost: another worker has taken the run, or it was cancelled.
        """
        run = thread_of(order)
        lease = await self._take(run)
        try:
            if lease.deaths >= POISON:
                raise RunFailed(_poisoned(run, lease.deaths))
            async with self._room.enter(alone=lease.deaths >= SUSPECT):
                self._check_stop()
                return await self._run(order, lease)
        finally:
            await asyncio.shield(self._leases.release(lease))

    async def rest(self) -> None:
        """Wait until no run is left, at most `grace` seconds; cut off what is left then."""
        self._is_stopping = True
        waiting = [held.task for held in self._held.values()]
        if waiting:
            await asyncio.wait(waiting, timeout=self.grace)
        for held in self._held.values():
            held.end("stop")

    async def _run(self, order: Order, lease: Lease) -> Outcome:
        run = thread_of(order)
        app = replace(self._app, checkpoints=self._store.fenced(lease))
        held: _Held
        tally = Tally()

        async def guarded() -> object:
            gate.set(_Gate(self._registry, self._leases, held))
            return await self._go_on(app, order, tally)

        held = _Held(lease, asyncio.create_task(guarded()))
        self._held[run] = held
        try:
            state = await held.task
        except asyncio.CancelledError:
            if held.ended_by == "loss":
                raise LeaseLost from None
            if held.ended_by == "stop":
                raise HandedBack from None
            raise
        except Paused as pause:
            asked = {"questions": [question_data(each) for each in pause.questions]}
            told = asked if "served" in order else {}
            return {**report_object(pause, run), **told, **tally.noted()}
        except LeaseLost:
            raise
        except Exception as error:
            _log.warning("the run `%s` has failed: %s", run, message_of(error))
            raise RunFailed({**report_object(error, run), **tally.noted()}) from error
        finally:
            del self._held[run]
            if "served" in order:
                await self._relay.flush()  # the server hears of the end no earlier
        # What JSON has no form for is shown as `run --json` shows it.
        plain: dict[str, object] = json.loads(json.dumps(state, default=str))
        return {"status": "finished", "state": plain, **tally.noted()}

    async def _go_on(self, app: DurableApp[Any], order: Order, tally: Tally) -> object:
        """Start or continue a run; answer what it asks, and tell what happens, for a server."""
        user, listeners = None, list[Listener]([tally])
        if "served" in order:
            served = order["served"]
            user, listeners = served["user"], [tally, self._relay.begin(order["id"])]
            if served["asked"]:
                return await app.aresume(
                    served["thread"],
                    served["answers"],
                    asked=served["asked"],
                    listeners=listeners,
                )
        return await app.arun_once(
            order["inputs"],
            thread=thread_of(order),
            simulate=order["simulate"],
            session=order["session"],
            user=user,
            listeners=listeners,
        )

    async def _take(self, run: str) -> Lease:
        """Take a run; wait as long as a worker that is alive holds it."""
        while True:
            self._check_stop()
            lease = await self._leases.take(run, self.worker)
            if lease is not None:
                return lease
            await asyncio.sleep(WAIT)

    def _check_stop(self) -> None:
        """Give a run back that has not begun here when the worker must go."""
        if self._is_stopping:
            raise HandedBack

    def _beat(self, loop: asyncio.AbstractEventLoop, stop: threading.Event) -> None:
        """Say in time that the worker is alive, and cut off what is not ours any more."""
        from sqlalchemy.exc import SQLAlchemyError

        while not stop.wait(self._registry.ttl / 3):
            held = list(self._held.values())
            try:
                ours = self._registry.beat(self.worker, self.concurrency)
            except SQLAlchemyError as error:
                _log.warning("the database does not answer: %s", error)
                continue
            for each in held:
                if ours.get(each.lease.run) != each.lease.token:
                    loop.call_soon_threadsafe(each.end, "loss")


@dataclass(frozen=True, slots=True)
class _Gate:
    """What each request to a model passes: is the run ours, and is it our turn?"""

    registry: Registry
    leases: Leases
    held: _Held

    async def enter(self, rates: Sequence[Rate]) -> None:
        """Return when a request may be sent; never if the run is not ours any more."""
        for rate in rates:
            await asyncio.sleep(
                await asyncio.to_thread(self.registry.turn, rate.name, rate.per_minute)
            )
        if not await self.leases.holds(self.held.lease):
            self.held.end("loss")
            # No error: a step could take it for its own. The end reaches us from outside.
            await asyncio.Event().wait()


def _poisoned(run: str, deaths: int) -> dict[str, object]:
    return {
        "status": "failed",
        "kind": "WorkerDied",
        "message": f"{deaths} workers have died while they ran it",
        "node": None,
        "place": None,
        "thread": run,
    }
