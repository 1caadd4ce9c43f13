# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What happened in each run lately, for clients that follow it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass

from ..events import Event

__all__ = ["EventLog", "EventLogs", "Happened"]

MAX_EVENTS = 5_000  # per run; the oldest are dropped
MAX_CLOSED = 500  # logs of ended runs that are kept


@dataclass(frozen=True, slots=True)
class Happened:
    """One event; `number` counts those of the run from 1."""

    number: int
    kind: str
    data: Mapping[str, object]


class EventLog:
    """The events of one run; a listener of it."""

    wants_tokens = True

    def __init__(self) -> None:
        self.is_open = True
        self._events: deque[Happened] = deque(maxlen=MAX_EVENTS)
        self._number = 0
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self, event: Event) -> None:
        """Add an event of the run; may be called from any thread."""
        self._add(type(event).__name__, asdict(event))

    def close(self, outcome: Mapping[str, object]) -> None:
        """Add how the run ended; it may be opened again, after an answer."""
        self.is_open = False
        self._add("End", outcome)

    async def follow(self, after: int) -> AsyncIterator[Happened]:
        """Yield the events with a number greater than `after` until the run ends."""
        if after > self._number:  # numbers of an earlier server
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

    async def ended(self) -> None:
        """Wait until the run ends."""
        while self.is_open:
            await self._changed.wait()

    def _add(self, kind: str, data: Mapping[str, object]) -> None:
        self._number += 1
        self._events.append(Happened(self._number, kind, data))
        self._loop.call_soon_threadsafe(self._announce)

    def _announce(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class EventLogs:
    """The logs of the runs this server has seen."""

    def __init__(self) -> None:
        self._logs: OrderedDict[str, EventLog] = OrderedDict()

    def open(self, run: str) -> EventLog:
        """Return the log of a run that is about to go on."""
        log = self._logs.setdefault(run, EventLog())
        log.is_open = True
        self._logs.move_to_end(run)
        while len(self._logs) > MAX_CLOSED:
            oldest = next((each for each, log in self._logs.items() if not log.is_open), None)
            if oldest is None:
                break
            del self._logs[oldest]
        return log

    def find(self, run: str) -> EventLog | None:
        """Return the log of a run, None if this server does not remember it."""
        return self._logs.get(run)
