# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What the model calls of a run have taken, for whoever waits for its end elsewhere."""

from collections.abc import Mapping

from ..events import Continued, Event
from ..progress import Spent

__all__ = ["Tally"]


class Tally:
    """Counts what a run takes here, and what it had taken before it was continued here."""

    def __init__(self) -> None:
        self._spent = Spent()
        self._is_known = False

    def __call__(self, event: Event) -> None:
        """Count one event."""
        self._is_known = True
        self._spent(event)
        if isinstance(event, Continued):
            self._spent.add(event.calls, event.unpriced, event.dollars)

    def noted(self) -> Mapping[str, object]:
        """Return the part of an outcome that says it; empty for a run that had ended before."""
        return {"spent": self._spent.numbers()} if self._is_known else {}
