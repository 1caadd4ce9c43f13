# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Runs of a server that workers do: handed over through the queue, heard of through a table."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from ..errors import PendingQuestion
from ..report import report_object
from ..serve.handed import HandedRuns
from ..serve.place import Ending
from ..serve.store import StoreAway
from .database import line_of
from .engine import TOO_LARGE, UnknownRun
from .relay import told_in
from .session import open_registry

if TYPE_CHECKING:
    from ..app import Listener
    from ..serve.record import RunRecord
    from ..serve.registry import Registry
    from .crew import Crew
    from .engine import Engine, Order, Outcome, Queue
    from .registry import Registry as Workers

__all__ = ["Handing"]

LISTENING = 0.5  # seconds between two looks at what workers tell
COUNTING = 2.0  # seconds between two looks at who is alive
REMINDING = 60.0  # seconds between two warnings that runs wait for nobody
STOPPING = 10.0  # seconds in which a run must be cancelled
ENDING = 5.0  # seconds in which a run that is cancelled may turn out to have ended otherwise
SLOWEST = 10.0  # seconds between two questions to a queue that does not answer
OUTAGES = frozenset({"OperationalError", "PoolTimeout", "StoreError"})  # no fault of the run

_log = logging.getLogger("agentc.serve")
T = TypeVar("T")


@dataclass(slots=True)
class _Handed:
    """A run in the queue or with a worker; `outcome` has it in the end, whatever it takes."""

    run: RunRecord
    listeners: Sequence[Listener]
    outcome: asyncio.Task[Outcome]
    since: float  # of the monotonic clock
    is_begun: bool = False


class Handing:
    """The workers of an engine as the place where runs are done; see `Place`."""

    outlives: ClassVar[bool] = True
    fate: ClassVar[str] = "which workers go on with"

    def __init__(self, engine: Engine, registry: Registry, crew: Crew) -> None:
        self._engine = engine
        self._handed = HandedRuns(registry)
        self._crew = crew
        self._queue: Queue
        self._workers: Workers
        self._alive: int | None = None
        self._left: deque[RunRecord] = deque()
        self._known: set[str] = set()  # what an earlier server may have put into the queue
        self._going: dict[str, _Handed] = {}
        self._hearing = asyncio.Lock()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connect to the queue."""
        engine = self._engine
        async with (
            open_registry(engine) as self._workers,
            engine.open(self._workers) as self._queue,
        ):
            watching = [asyncio.create_task(each) for each in (self._listen(), self._count())]
            try:
                yield
            finally:
                for each in watching:
                    each.cancel()
                await asyncio.gather(*watching, return_exceptions=True)

    async def recover(self, going: Collection[str]) -> int:
        """Take the runs that were handed over before, and are not looked after here."""
        self._left = deque(await self._handed.left(going))
        self._known |= {_name(each) for each in self._left}
        return len(self._left)

    async def take(self) -> RunRecord | None:
        """Return the next run to be handed over, or looked after."""
        return self._left.popleft() if self._left else await self._handed.next()

    async def do(self, taken: RunRecord, listeners: Sequence[Listener]) -> Ending:
        """Hand a run over and wait for its end."""
        name = _name(taken)
        waiting = asyncio.create_task(self._outcome(taken))
        handed = _Handed(taken, listeners, waiting, time.monotonic())
        self._going[name] = handed
        return await self._ending(handed, await asyncio.shield(handed.outcome))

    async def stop(self, taken: RunRecord) -> Ending:
        """Cancel a run; it may have ended just before."""
        handed = self._going[_name(taken)]
        try:
            async with asyncio.timeout(STOPPING):
                await self._cancel(taken, handed.outcome)
        except TimeoutError:
            handed.outcome.cancel()
            del self._going[_name(taken)]
            raise StoreAway("the queue does not answer: the run may go on") from None
        try:
            async with asyncio.timeout(ENDING):
                outcome = await asyncio.shield(handed.outcome)
        except TimeoutError:  # no worker is there to notice it
            handed.outcome.cancel()
            outcome = {"status": "cancelled"}
        return await self._ending(handed, outcome)

    async def leave(self, taken: RunRecord) -> str:
        """Let go of a run, which workers go on with."""
        handed = self._going.pop(_name(taken))
        handed.outcome.cancel()
        return "running" if handed.is_begun else "queued"

    async def withdraw(self, run: RunRecord) -> None:
        """Cancel a run in the queue that an earlier server has put there."""
        if run.turn:
            await self._cancel(run, None)

    async def forget(self, runs: Mapping[str, int]) -> None:
        """Delete what is saved of ended runs, and what the queue keeps of them."""
        for run in runs:
            await self._engine.app.forget(run)
        await self._queue.forget(
            [f"{run}.{turn}" for run, turns in runs.items() for turn in range(1, turns + 1)]
        )

    def workers(self) -> int | None:
        """Return how many workers were alive a moment ago."""
        return self._alive

    async def _outcome(self, taken: RunRecord) -> Outcome:
        """Put a run into the queue, unless it is there, and wait for its end.

        What keeps the queue may be away for any time: asked twice, it still runs the run once.
        """
        name = _name(taken)
        is_known = name in self._known
        self._known.discard(name)
        pause = 0.5
        while True:
            try:
                if not is_known:
                    await self._queue.submit(_order(taken))
                return await self._queue.outcome(name)
            except UnknownRun:
                is_known = False
                continue
            except BaseException as error:
                if not isinstance(error, Exception):
                    raise
                if not self._engine.is_away(error):
                    _log.error("run %s cannot be handed over", taken.id, exc_info=error)
                    failure = report_object(error, taken.id)
                    return {"status": failure.pop("status"), "error": failure}
                said = line_of(error)
                _log.warning("the queue does not answer: %s; next try in %g s", said, pause)
            is_known = True  # it may be there
            await asyncio.sleep(pause)
            pause = min(pause * 2, SLOWEST)

    async def _cancel(self, run: RunRecord, outcome: asyncio.Task[Outcome] | None) -> None:
        """Have the queue cancel a run, and take it from the worker that has it."""
        while True:
            try:
                await self._queue.cancel(_name(run))
                break
            except UnknownRun:
                if outcome is None or outcome.done():
                    return
            await asyncio.sleep(0.1)  # it is on its way into the queue
        await asyncio.to_thread(self._workers.revoke, run.id)

    async def _ending(self, handed: _Handed, outcome: Outcome) -> Ending:
        """Return how a run has ended, after all that is still to be told of it."""
        run, name = handed.run.id, _name(handed.run)
        await self._tried(self._hear([name]), f"the last events of run {run} are missing")
        ending = _read(outcome, time.monotonic() - handed.since)
        if "error" in ending.outcome and _failure(ending)["kind"] == TOO_LARGE:
            state = await self._tried(self._state(run), f"the state of run {run} is missing")
            if state is not None:
                ending = replace(ending, status="finished", outcome={"state": state})
        del self._going[name]
        return ending

    async def _state(self, run: str) -> object:
        """Return the final state of a run that has finished, as it is saved."""
        await asyncio.to_thread(self._engine.app.compile, None)
        return cast(object, await self._engine.app.aresume(run))

    async def _listen(self) -> None:
        """Pass on what workers tell."""
        while True:
            await asyncio.sleep(LISTENING)
            hearing = self._hear(list(self._going))
            if not await self._tried(hearing, "what happens in runs cannot be heard now"):
                await asyncio.sleep(SLOWEST)

    async def _hear(self, names: Sequence[str]) -> bool:
        """Pass on what workers have told of runs; return True."""
        if not names:
            return True
        begun = []
        # All of a run that was written down has been passed on when this returns.
        async with self._hearing:
            for name, event in told_in(await asyncio.to_thread(self._workers.hear, names)):
                handed = self._going.get(name)
                if handed is None:
                    continue
                if not handed.is_begun:
                    handed.is_begun = True
                    begun += [] if handed.outcome.done() else [handed.run]
                for listener in handed.listeners:
                    listener(event)
        if begun:
            await self._handed.begun(begun)
        return True

    async def _count(self) -> None:
        """Look who is alive, and say so when runs wait for nobody."""
        said, was_alive = -REMINDING, True
        while True:
            asking = asyncio.to_thread(self._workers.alive)
            alive = await self._tried(asking, "nobody can say which workers are alive")
            self._alive = None if alive is None else len(alive)
            waiting = sum(not each.is_begun for each in self._going.values())
            is_alone = waiting > 0 and self._alive == 0
            if is_alone and not was_alive and time.monotonic() - said > REMINDING:
                said = time.monotonic()
                program = f"python -m {self._engine.app.name}"
                _log.warning(
                    "%d runs wait and no worker is alive: `%s worker` starts one, "
                    "`%s serve --workers 1` one beside the server",
                    *(waiting, program, program),
                )
            was_alive = not is_alone
            self._crew.fill()
            await asyncio.sleep(SLOWEST if alive is None else COUNTING)

    async def _tried(self, asking: Awaitable[T], what: str) -> T | None:
        """Return an answer; None when there is none, of which nothing but `what` comes."""
        try:
            return await asking
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            is_away = isinstance(error, StoreAway) or self._engine.is_away(error)
            _log.warning("%s: %s", what, line_of(error), exc_info=None if is_away else error)
            return None


def _name(run: RunRecord) -> str:
    """Return what the queue calls a run: it has one end there for each time it is handed over."""
    return f"{run.id}.{run.turn}"


def _order(run: RunRecord) -> Order:
    return {
        "id": _name(run),
        "inputs": dict(run.inputs),
        "simulate": run.simulate,
        "session": run.session,
        "served": {
            "thread": run.id,
            "user": run.user,
            "asked": [each.id for each in run.questions],
            "answers": list(run.answers),
        },
    }


def _read(outcome: Outcome, seconds: float) -> Ending:
    found = dict(cast(Mapping[str, Any], outcome))
    status = str(found.pop("status"))
    found.pop("spent", None)  # events have told it
    questions = [PendingQuestion(**each) for each in found.pop("questions", ())]
    ending = Ending(status, found, questions, seconds)
    if status != "failed":
        return ending
    failure = _failure(ending)
    is_outage = failure.get("node") is None and failure["kind"] in OUTAGES
    return replace(ending, is_outage=is_outage)


def _failure(ending: Ending) -> Mapping[str, object]:
    return cast(Mapping[str, object], ending.outcome["error"])
