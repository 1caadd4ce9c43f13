# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What happens in each run, for clients that follow it."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict

from ..events import Event, Token
from .archive import MAX_EVENTS, Archive, Happened

__all__ = ["EventLog", "EventLogs"]

MAX_CLOSED = 500  # logs of ended runs that are kept in memory
# Numbers that are left out after a restart: an earlier server may have given them and not stored
# what they stand for, since events are stored once a second.
SKIPPED = 1_000_000


class EventLog:
    """The events of one run since this server has known it; a listener of the run.

    `last`: the number of its last event that an earlier server has stored, 0 if there is none.
    """

    wants_tokens = True

    def __init__(self, last: int) -> None:
        self.is_open = True
        self.unstored: deque[Happened] = deque()
        self._events: deque[Happened] = deque(maxlen=MAX_EVENTS)
        self._number = last
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if last:
            self._number += SKIPPED
            missing = {"message": "what happened just before may be missing"}
            self.unstored.append(self._add("Restarted", missing))

    @property
    def begins(self) -> int:
        """The number of the first event that is here."""
        return self._events[0].number if self._events else self._number + 1

    def __call__(self, event: Event) -> None:
        """Add an event of the run; may be called from any thread."""
        happened = self._add(type(event).__name__, asdict(event))
        if not isinstance(event, Token):  # the state has the whole text
            self.unstored.append(happened)

    def close(self, outcome: Mapping[str, object]) -> None:
        """Add how the run ended; it may be opened again, after an answer."""
        self.is_open = False
        self._add("End", outcome)

    async def follow(self, after: int) -> AsyncIterator[Happened]:
        """Yield the events with a number greater than `after` until the run ends."""
        if after > self._number:  # a number that was never given
            after = 0
        while True:
            changed = self._changed
            for event in list(self._events):
                if event.number > after:
                    after = event.number
                    yield event
            if self._number <= after:
                if not self.is_open:
                    return
                await changed.wait()

    def keep(self, happened: Sequence[Happened]) -> None:
        """Take events back that could not be stored; more than are kept at all are dropped."""
        self.unstored.extendleft(reversed(happened))
        while len(self.unstored) > MAX_EVENTS:
            self.unstored.popleft()

    async def ended(self) -> None:
        """Wait until the run ends."""
        while self.is_open:
            await self._changed.wait()

    def _add(self, kind: str, data: Mapping[str, object]) -> Happened:
        self._number += 1
        happened = Happened(self._number, kind, data)
        self._events.append(happened)
        self._loop.call_soon_threadsafe(self._announce)
        return happened

    def _announce(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class EventLogs:
    """The logs of the runs this server has seen."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._logs: OrderedDict[str, EventLog] = OrderedDict()

    async def open(self, run: str) -> EventLog:
        """Return the log of a run that is about to go on."""
        log = await self.of(run)
        log.is_open = True
        self._logs.move_to_end(run)
        while len(self._logs) > MAX_CLOSED:
            idle = (each for each, log in self._logs.items() if not (log.is_open or log.unstored))
            oldest = next(idle, None)
            if oldest is None:
                break
            del self._logs[oldest]
        return log

    async def of(self, run: str) -> EventLog:
        """Return the log of a run; a new one is open."""
        if run not in self._logs:
            last = await self._archive.last_number(run)
            self._logs.setdefault(run, EventLog(last))
        return self._logs[run]

    def find(self, run: str) -> EventLog | None:
        """Return the log of a run, None if this server does not remember it."""
        return self._logs.get(run)

    async def store(self) -> None:
        """Store what has not been stored yet."""
        waiting: dict[str, list[Happened]] = {}
        for run, log in self._logs.items():
            while log.unstored:
                waiting.setdefault(run, []).append(log.unstored.popleft())
        if not waiting:
            return
        try:
            await self._archive.add(waiting)
        except BaseException:
            for run, happened in waiting.items():
                if run in self._logs:
                    self._logs[run].keep(happened)
            raise

    async def follow(self, run: str, after: int) -> AsyncIterator[Happened]:
        """Yield the events of a run with a number greater than `after`, until it ends or rests."""
        log = self._logs.get(run)
        begins = sys.maxsize if log is None else log.begins
        if after + 1 < begins:
            for event in await self._archive.events(run, after, begins):
                after = event.number
                yield event
        if log is not None:
            async for event in log.follow(after):
                yield event
