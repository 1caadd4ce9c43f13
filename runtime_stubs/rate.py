# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Bounds how many requests a minute are sent to a provider or a model."""

import asyncio
import time
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Gate", "Rate", "gate", "pass_gate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `per_minute` requests under `name`, evenly spaced.

    All rates of a name share one bound: that of the process, or of all workers where runs wait
    in a queue.
    """

    name: str
    per_minute: float


class Gate(Protocol):
    """What every request of a run must pass where many workers run one workflow."""

    async def enter(self, rates: Sequence[Rate]) -> None:
        """Return when a request may be sent; never return if the run is not ours any more."""


# Set by the worker for the length of a run.
gate: ContextVar[Gate | None] = ContextVar("agentc_gate", default=None)
_free_at: dict[str, float] = {}


async def pass_gate(rates: Sequence[Rate]) -> None:
    """Wait until a request under these rates may be sent."""
    shared = gate.get()
    if shared is not None:
        await shared.enter(rates)
        return
    for rate in rates:
        now = time.monotonic()
        turn = max(_free_at.get(rate.name, 0.0), now)
        _free_at[rate.name] = turn + 60 / rate.per_minute
        await asyncio.sleep(turn - now)
