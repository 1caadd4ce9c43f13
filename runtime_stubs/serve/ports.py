# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What triggers and the server know of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..errors import RuntimeFault

if TYPE_CHECKING:
    from starlette.routing import Route

    from .record import RunRecord

__all__ = ["Inbox", "KeyReused", "QueueFull", "Receipt", "Trigger"]


class KeyReused(RuntimeFault):
    """A key that stands for an earlier delivery came with another content."""


class QueueFull(RuntimeFault):
    """Too many runs wait; the sender is to try again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored; `is_new`: this delivery started the run, not an earlier one."""

    run: str
    is_new: bool


class Inbox(Protocol):
    """Takes what comes in from outside."""

    public_url: str | None
    """How the server is reached from the internet, such as `https://bot.example.org`."""

    async def accept(
        self,
        source: str,
        inputs: Mapping[str, object],
        *,
        key: str | None,
        digest: str = "",
        user: str | None = None,
        session: str | None = None,
        reply_to: str | None = None,
        keeps_bad: bool = False,
    ) -> Receipt:
        """Store a run; when this returns it will be made, whatever happens to the server.

        Args:
            source: the name of the trigger.
            key: what the sender calls the delivery; one key starts one run.
            digest: of the content, so that a key cannot stand for two different ones.
            user: who sent it, as traces name them.
            session: the memory that the runs of one conversation share.
            reply_to: given to `Trigger.send` when the run has finished.
            keeps_bad: store a run that failed where inputs do not fit: the sender cannot mend them.

        Raises:
            InputError: the inputs do not fit the workflow.
            KeyReused: the key came with another content.
            QueueFull: too many runs wait.
        """

    async def result(self, run: str, seconds: float) -> RunRecord | None:
        """Wait for a run as long as that and return how it stands."""

    async def note(self, source: str, key: str) -> None:
        """Remember a key without a run."""

    async def last_key(self, source: str) -> str | None:
        """Return the greatest key of a source."""

    def refused(self, source: str, why: str) -> None:
        """Log and count a delivery that was refused."""

    def is_allowed(self, headers: Mapping[str, str]) -> bool:
        """Return whether a request without a signature may come in: it has the API key."""


class Trigger(Protocol):
    """Starts runs from outside."""

    @property
    def name(self) -> str:
        """What tells the trigger from the others of the workflow, for good."""

    @property
    def reply(self) -> str | None:
        """The field of the final state that the sender is sent."""

    def problems(self) -> Sequence[str]:
        """Say what is missing in the environment."""

    def routes(self, inbox: Inbox) -> Sequence[Route]:
        """Return the addresses of the trigger."""

    async def watch(self, inbox: Inbox) -> None:
        """Look for what comes in, until cancelled; return at once if requests bring everything."""

    async def send(self, target: str, text: str) -> None:
        """Send a result to `target`, which is what `Inbox.accept` was given as `reply_to`."""
