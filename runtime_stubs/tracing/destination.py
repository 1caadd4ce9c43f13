# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Where traces can be delivered, and how that can go wrong."""

from collections.abc import Sequence
from typing import Protocol

from .record import TraceRecord

__all__ = ["Destination", "Refused", "Unreachable"]


class Unreachable(Exception):
    """It cannot take traces now; trying again later may help. The text says why."""


class Refused(Exception):
    """It will never take these traces. The text says why."""


class Destination(Protocol):
    """Takes traces. Taking the same trace twice does no harm."""

    @property
    def label(self) -> str:
        """What people know it by; without passwords."""

    @property
    def key(self) -> str:
        """What tells it from other destinations: also in the name of a file."""

    def connect(self) -> None:
        """Do what is needed before traces can be sent; raise Unreachable."""

    @property
    def answered(self) -> float:
        """When it last answered, in seconds of the clock that never goes back; 0.0: not yet."""

    def send(self, traces: Sequence[TraceRecord]) -> None:
        """Deliver traces; raise Unreachable or Refused, and then none may have arrived."""

    def store_runs(self, traces: Sequence[TraceRecord]) -> None:
        """File traces that were delivered as runs; raise Unreachable or Refused.

        A run that was continued comes as one trace, from its beginning.
        """

    def expire(self, workflow: str, before: int) -> None:
        """Delete what is there of a workflow's runs from before a time (ms since the epoch).

        Raises Unreachable.
        """
