# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""How often a failed attempt is repeated and how long to wait before."""

from dataclasses import dataclass

from .errors import FINAL_KINDS, kind_of

__all__ = ["Retry"]


@dataclass(frozen=True, slots=True)
class Retry:
    """At most `max_attempts` attempts in all; `backoff` seconds before the second, doubled each time.

    `on`: kinds of errors that are tried again; empty: all but those no repetition can mend.
    """

    max_attempts: int = 3
    backoff: float = 1.0
    on: tuple[str, ...] = ()

    def delay_after(self, error: Exception, attempt: int) -> float | None:
        """Return the seconds to wait after attempt number `attempt` (from 1) failed; None: give up."""
        kind = kind_of(error)
        if attempt >= self.max_attempts or kind in FINAL_KINDS or (self.on and kind not in self.on):
            return None
        return self.backoff * 2.0 ** (attempt - 1)
