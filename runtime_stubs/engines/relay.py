# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Tells a server what happens in the runs it has handed to workers.

Events wait in a table until the server takes them, an hour at most. Tokens stay with the worker: a
row for each of them would be most of what the database does.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from .. import events
from ..events import Event, Taken, Token
from .database import line_of

if TYPE_CHECKING:
    from ..app import Listener
    from .registry import Registry

__all__ = ["Relay", "told_in"]

EVERY = 0.5  # seconds between two times that events are written down
MOST = 10_000  # events that a worker keeps while the database is away; the oldest are dropped

_log = logging.getLogger("agentc.worker")


class Relay:
    """The events of one worker's runs."""

    def __init__(self, registry: Registry, worker: str) -> None:
        self._registry = registry
        self._worker = worker
        self._untold: deque[tuple[str, str, str]] = deque(maxlen=MOST)
        self._turn = asyncio.Lock()

    def begin(self, order: str) -> Listener:
        """Tell that a run has begun here; return what listens to it, from any thread."""

        def listen(event: Event) -> None:
            if not isinstance(event, Token):
                data = json.dumps(asdict(event), default=str)
                self._untold.append((order, type(event).__name__, data))

        listen(Taken(self._worker))
        return listen

    async def run(self) -> None:
        """Write down what happens, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.flush()

    async def flush(self) -> None:
        """Write down what has happened so far."""
        from sqlalchemy.exc import SQLAlchemyError

        async with self._turn:
            rows: list[tuple[str, str, str]] = []
            while self._untold:
                rows.append(self._untold.popleft())
            if not rows:
                return
            try:
                await asyncio.to_thread(self._registry.tell, rows)
            except SQLAlchemyError as error:
                self._untold.extendleft(reversed(rows))
                _log.warning("events could not be told to the server: %s", line_of(error))


def told_in(rows: Sequence[tuple[int, str, str, str]]) -> Sequence[tuple[str, Event]]:
    """Return runs and events of rows in the order in which they were written."""
    found = [(order, _event(kind, data)) for _, order, kind, data in sorted(rows)]
    return [(order, event) for order, event in found if event is not None]


def _event(kind: str, data: str) -> Event | None:
    """Return the event that a row stands for; None: this version knows none like it."""
    values = json.loads(data)
    made: object = getattr(events, kind, None) if kind in events.__all__ else None
    try:
        event: Event | None = made(**values) if callable(made) else None
    except TypeError:
        return None
    return event
