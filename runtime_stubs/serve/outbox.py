# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Sends results back to those whose messages started the runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Mapping

from .ports import Trigger
from .record import RunRecord
from .registry import Registry
from .store import StoreAway

__all__ = ["Outbox", "reply_text"]

_LOG = logging.getLogger("agentc.serve")

DELAYS = (2.0, 10.0, 60.0, 600.0, 3600.0)  # seconds between attempts; after the last it is given up


class Outbox:
    """Sends what the registry says is due. A crash between sending and noting sends twice."""

    def __init__(self, registry: Registry, triggers: Mapping[str, Trigger]) -> None:
        self._registry = registry
        self._triggers = triggers
        self._news = asyncio.Event()

    def notify(self) -> None:
        """Look into the registry: a result waits."""
        self._news.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._news.clear()
            try:
                record = await self._registry.due_reply()
                if record is not None:
                    await self._send(record)
                    continue
                due = await self._registry.next_reply()
            except StoreAway:
                due = time.time() + 1.0
            wait = None if due is None else max(due - time.time(), 0.01)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait)

    async def _send(self, record: RunRecord) -> None:
        trigger = self._triggers.get(record.source)
        again_at = None
        if trigger is None or trigger.reply is None or record.reply_to is None:
            _LOG.warning("run %s: nothing replies to %s any more", record.id, record.source)
        else:
            text = reply_text(record, trigger.reply)
            try:
                if text:
                    await trigger.send(record.reply_to, text)
            except BaseException as error:
                if not isinstance(error, Exception):
                    raise
                if record.reply_tries < len(DELAYS):
                    again_at = time.time() + DELAYS[record.reply_tries]
                fate = "given up" if again_at is None else "tried again later"
                # The class only: texts of such errors hold addresses with tokens in them.
                name = type(error).__name__
                _LOG.warning("run %s: reply failed (%s), %s", record.id, name, fate)
        await self._registry.replied(record.id, record.reply_tries, again_at)


def reply_text(record: RunRecord, field: str) -> str:
    """Return a field of the final state as text, empty if it is unset."""
    state = record.outcome.get("state")
    value = state.get(field) if isinstance(state, Mapping) else None
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)
