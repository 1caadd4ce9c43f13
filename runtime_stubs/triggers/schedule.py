# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The clock starts a run."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..serve.ports import Inbox, QueueFull

if TYPE_CHECKING:
    from starlette.routing import Route

__all__ = ["Schedule"]

MAX_SLEEP = 30.0  # seconds; the clock may be set, and a laptop may sleep

_NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A cron line in the time zone of the machine.

    Each tick starts one run, never two: the tick is the key. If ticks were missed while no server ran,
    the last of them is made up for at the start; before the first start there is nothing to miss.
    """

    cron: str
    inputs: Mapping[str, object] = field(default_factory=dict)
    reply: None = None

    @property
    def name(self) -> str:
        """Line and inputs tell schedules apart."""
        text = json.dumps(self.inputs, sort_keys=True, default=str)
        return f"schedule {self.cron} {hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def problems(self) -> Sequence[str]:
        """Nothing is needed."""
        return []

    def routes(self, inbox: Inbox) -> Sequence[Route]:
        """Nobody calls."""
        return []

    async def watch(self, inbox: Inbox) -> None:
        """Start a run at each tick, until cancelled."""
        known = await inbox.last_key(self.name)
        if known is None:
            await inbox.note(self.name, _key(_now()))
            known = _key(_now())
        last = datetime.fromisoformat(known)
        while True:
            tick = self.latest(last, _now())
            if tick is not None:
                try:
                    await inbox.accept(self.name, self.inputs, key=_key(tick))
                    last = tick
                except QueueFull:
                    await asyncio.sleep(1)
                    continue
            wait = (self.next(_now()) - _now()).total_seconds()
            await asyncio.sleep(min(max(wait, 0.05), MAX_SLEEP))

    async def send(self, target: str, text: str) -> None:
        """Nobody waits for a reply."""

    def next(self, after: datetime) -> datetime:
        """Return the first tick after a time."""
        from cronsim import CronSim

        line = _NAMES.get(self.cron, self.cron)
        return next(CronSim(line, after.astimezone(_zone()))).astimezone(UTC)

    def latest(self, after: datetime, now: datetime) -> datetime | None:
        """Return the last tick that is after one time and not after the other."""
        from cronsim import CronSim

        line = _NAMES.get(self.cron, self.cron)
        # With a fraction of a second the tick at this very second counts as passed.
        ticks = CronSim(line, now.replace(microsecond=1).astimezone(_zone()), reverse=True)
        tick = next(ticks).astimezone(UTC)
        return tick if tick > after else None


def _now() -> datetime:
    return datetime.now(UTC)


def _key(tick: datetime) -> str:
    """Return a tick as text that sorts like the ticks."""
    return tick.astimezone(UTC).isoformat(timespec="seconds")


def _zone() -> tzinfo | None:
    """Return the time zone of the machine, with its changes of the clock where they are known."""
    name = os.environ.get("TZ", "").removeprefix(":")
    name = name or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return datetime.now().astimezone().tzinfo
