# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a server asks of the place where its runs are done: its own process, or workers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import ClassVar, Protocol

from ..app import Listener
from ..errors import PendingQuestion
from .record import RunRecord

__all__ = ["Ending", "Place"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, or what it waits for.

    `outcome` is what stands beside the status in the run's record; `seconds`: how long it was
    worked on; `is_outage`: it could not be saved, which is no fault of its own.
    """

    status: str
    outcome: Mapping[str, object]
    questions: Sequence[PendingQuestion] = ()
    seconds: float = 0.0
    is_outage: bool = False


class Place(Protocol):
    """Where the runs of one server are done."""

    outlives: ClassVar[bool]
    """Whether its runs go on when the server has stopped."""
    fate: ClassVar[str]
    """What becomes of the runs that a server leaves, for its log."""

    def open(self) -> AbstractAsyncContextManager[None]:
        """Make ready; RuntimeFault if that cannot be."""

    async def recover(self, going: Collection[str]) -> int:
        """See that runs are taken again that nobody here has, all but `going`; return how many."""

    async def take(self) -> RunRecord | None:
        """Return the next run to be done, marked as taken."""

    async def do(self, taken: RunRecord, listeners: Sequence[Listener]) -> Ending:
        """Start, continue or answer a run, and return how it ended. May be cancelled; then one of
        the two that follow is called."""

    async def stop(self, taken: RunRecord) -> Ending:
        """End a run whose `do` was cancelled, and return how it has ended after all."""

    async def leave(self, taken: RunRecord) -> str:
        """Let go of a run whose `do` was cancelled, and return its status."""

    async def withdraw(self, run: RunRecord) -> None:
        """Note that a run was cancelled for which `do` was not called here."""

    async def forget(self, runs: Mapping[str, int]) -> None:
        """Delete what is saved of ended runs; the numbers say how often each was taken."""

    def workers(self) -> int | None:
        """Return how many workers were alive a moment ago; None: the server does the runs."""
