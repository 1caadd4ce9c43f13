# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a queue must offer, whichever engine keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NotRequired, Protocol, TypedDict

from ..errors import RuntimeFault

if TYPE_CHECKING:
    import asyncio

    from ..durable import DurableApp
    from .registry import Registry
    from .store import Store
    from .work import Work

__all__ = [
    "TOO_LARGE",
    "Counts",
    "Engine",
    "HandedBack",
    "LeaseLost",
    "Order",
    "Outcome",
    "Queue",
    "RunFailed",
    "Served",
    "UnknownRun",
    "failure",
    "thread_of",
]

Outcome = Mapping[str, object]
"""How a run ended: `status` (finished, failed, paused or cancelled), then `state`, `error` or the
question, as `run --json` prints them; for a server the `questions` as data too.
`spent`, where it is known, are its model calls, as `progress.Spent` counts them."""
TOO_LARGE = "TooLarge"  # the kind of error of a run whose final state the queue cannot keep


class Served(TypedDict):
    """What is told of a run that a server hands over.

    `thread` is what its saved state is called: each time the run is handed over anew, after an
    answer for instance, the queue calls it something else. `asked`: the ids of the questions it
    waited for, to which there are `answers`, or whose time is up.
    """

    thread: str
    user: str | None
    asked: list[str]
    answers: list[str]


class Order(TypedDict):
    """A run that waits for a worker; plain JSON."""

    id: str
    inputs: dict[str, object]
    simulate: bool
    session: str | None
    served: NotRequired[Served]


def thread_of(order: Order) -> str:
    """Return what the saved state of a run is called."""
    return order["served"]["thread"] if "served" in order else order["id"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many runs a queue holds. `waiting` are in no worker's hands."""

    waiting: int
    running: int
    finished: int
    failed: int
    cancelled: int


class LeaseLost(RuntimeFault):
    """The run is not this worker's any more: another has taken it, or it was cancelled."""

    def __init__(self) -> None:
        super().__init__("the run was taken away from this worker")


class HandedBack(RuntimeFault):
    """The worker must go: somebody else continues the run."""

    def __init__(self) -> None:
        super().__init__("the worker has given the run back")


class RunFailed(RuntimeFault):
    """A run has failed for good; `data` is its report."""

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(str(data["message"]), kind=str(data["kind"]))
        self.data = dict(data)


def failure(report: Mapping[str, object]) -> Outcome:
    """Return the outcome of a run that has failed, from the data of its RunFailed."""
    spent = {key: report[key] for key in ("spent",) if key in report}
    error = {key: value for key, value in report.items() if key not in ("status", "spent")}
    return {"status": "failed", "error": error, **spent}


class UnknownRun(RuntimeFault):
    """A run that the queue does not know."""

    def __init__(self, id: str) -> None:
        super().__init__(f"the queue knows no run `{id}`")


class Queue(Protocol):
    """An open queue."""

    async def submit(self, order: Order) -> bool:
        """Add a run; return False if there is one of this id already.

        A run of this id that has failed, was cancelled or is paused is continued instead.
        """

    async def outcome(self, id: str) -> Outcome:
        """Wait until a run has ended and return how; UnknownRun if there is none."""

    async def counts(self) -> Counts:
        """Return how many runs there are."""

    async def cancel(self, id: str) -> None:
        """Make a run end as soon as it can, if it has not; UnknownRun if there is none."""

    async def ended_before(self, seconds: float, limit: int) -> list[str]:
        """Return runs that ended so many seconds ago, at most `limit`."""

    async def forget(self, ids: list[str]) -> None:
        """Delete what the queue keeps of ended runs."""


class Engine(Protocol):
    """An engine that keeps the queue of one workflow."""

    @property
    def name(self) -> str:
        """What files call it."""

    @property
    def app(self) -> DurableApp[Any]:
        """The workflow."""

    @property
    def store(self) -> Store:
        """Where its runs are saved."""

    def open(self, registry: Registry) -> AbstractAsyncContextManager[Queue]:
        """Connect."""

    def is_away(self, error: Exception) -> bool:
        """Return whether an error of the queue says that what keeps it does not answer."""

    async def work(self, work: Work, registry: Registry, stop: asyncio.Event) -> None:
        """Take runs from the queue until `stop` is set and `work` has come to rest."""
