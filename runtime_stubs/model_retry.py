# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""When a failed model request is repeated, and after which wait."""

import random
from dataclasses import dataclass

from .failures import RequestFailed
from .retry import Retry

__all__ = ["ModelRetry"]

LONGEST_BACKOFF = 60.0  # seconds
LONGEST_REQUESTED = 120.0  # seconds; a provider that asks for more has its fallback take over


@dataclass(frozen=True, slots=True)
class ModelRetry:
    """Repeats what waiting can mend: 408, 409, 425, 429, 5xx, timeouts, broken connections.

    Waits what the provider asks for, else exponentially longer with jitter, so that calls that
    failed together do not come back together.
    """

    rule: Retry

    def delay_after(self, error: Exception, attempt: int) -> float | None:
        """Return the seconds to wait after attempt number `attempt` (from 1); None: give up."""
        if not isinstance(error, RequestFailed) or not error.temporary:
            return None
        usual = self.rule.delay_after(error, attempt)
        if usual is None or error.retry_after is None:
            return None if usual is None else min(usual, LONGEST_BACKOFF) * random.uniform(0.5, 1.0)
        if error.retry_after > LONGEST_REQUESTED:
            return None
        return error.retry_after + random.uniform(0.0, min(usual, 1.0))
