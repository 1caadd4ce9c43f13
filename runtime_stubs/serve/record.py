# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One run as the server keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import PendingQuestion

__all__ = ["OPEN", "Draft", "RunRecord"]

OPEN = frozenset({"queued", "running"})
"""The statuses of runs that go on by themselves; the others: paused, finished, failed, cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A run to be stored.

    Attributes:
        inputs: as the workflow has checked them.
        source: `api`, or the name of a trigger.
        key: what the sender calls the delivery; a second one with the same key starts no run.
        digest: of what was sent, so that one key cannot stand for two different things.
        reply_to: whom the result is sent to, in the words of the trigger.
        user: whom the run is for, as its trace names them.
        error: why the run has failed before it began.
    """

    inputs: Mapping[str, object]
    source: str = "api"
    key: str | None = None
    digest: str = ""
    simulate: bool = False
    session: str | None = None
    user: str | None = None
    reply_to: str | None = None
    error: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A stored run; times are in seconds since the epoch.

    `outcome` is what stands beside the status: `state`, `error`, or the question of a paused run.
    `attempts`: how often it was begun since it last ended; `turn`: how often it was taken at all.
    """

    id: str
    status: str
    source: str
    inputs: Mapping[str, object]
    simulate: bool
    session: str | None
    created: float
    finished: float | None
    answers: tuple[str, ...]
    outcome: Mapping[str, object]
    questions: tuple[PendingQuestion, ...] = field(default=())
    reply_to: str | None = None
    reply_tries: int = 0
    user: str | None = None
    attempts: int = 0
    turn: int = 0

    def public(self) -> dict[str, object]:
        """Return what clients are told."""
        return {
            "id": self.id,
            "status": self.status,
            "source": self.source,
            "created": self.created,
            "finished": self.finished,
            **self.outcome,
        }
