"""`retry`: how often a failed attempt is made again."""

from __future__ import annotations

from typing import Final

from compiler.ir.nodes import Retry
from compiler.spec import RetrySpec

DEFAULT_ATTEMPTS: Final = 3
DEFAULT_BACKOFF: Final = 1.0


def lower_retry(spec: RetrySpec) -> Retry:
    """Return the settings, those left out filled in."""
    return Retry(
        max_attempts=spec.max_attempts or DEFAULT_ATTEMPTS,
        backoff=DEFAULT_BACKOFF if spec.backoff is None else spec.backoff,
        on=tuple(dict.fromkeys(spec.on or ())),
    )
