# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A thread that keeps delivering for as long as the program runs."""

import logging
import threading
import time
from collections.abc import Callable

from .delivery import Delivery
from .destination import Unreachable

__all__ = ["Courier"]

log = logging.getLogger(__name__)

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between attempts
SUSPICIOUS = 1.0  # seconds without an answer after which people are told


class Courier:
    """Delivers to one destination in the background."""

    def __init__(
        self, delivery: Delivery, carry: Callable[[], None], *, settle: float | None
    ) -> None:
        """Start the thread.

        Args:
            carry: delivers all there is, or raises Unreachable.
            settle: seconds that more traces are waited for before it is called; None: it is
                called at once, and for the first time when nothing has been traced yet.
        """
        self.delivery = delivery
        self._carry = carry
        self._settle = settle
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._tried = threading.Event()
        self._problem = delivery.mark().problem if settle is not None else None
        self._asked: float | None = None  # since when an answer is waited for
        self._told = False
        threading.Thread(target=self._work, name="agentc-traces", daemon=True).start()

    def wake(self) -> None:
        """Say that there are new traces."""
        self._idle.clear()
        self._tried.clear()
        self._wanted.set()

    def wait(self, seconds: float) -> None:
        """Wait until everything is delivered."""
        self._idle.wait(seconds)

    def wait_for_attempt(self, seconds: float) -> None:
        """Wait until everything is delivered or could not be."""
        self._tried.wait(seconds)

    def warning(self) -> str | None:
        """Return why traces are not delivered at the moment; only once."""
        problem, asked = self._problem, self._asked
        if problem is None and asked is not None and self._settle is None:
            waited = time.monotonic() - max(asked, self.delivery.destination.answered)
            if waited > SUSPICIOUS:
                problem = f"no answer for {waited:.0f} s"
        if problem is None or self._told:
            return None
        self._told = True
        label = self.delivery.destination.label
        return f"traces stay in `{self.delivery.spool.path}` until {label} takes them: {problem}"

    def _work(self) -> None:
        pause = SHORTEST_PAUSE
        if self._settle is not None:
            self._wanted.wait()
        while True:
            if self._settle is not None:
                time.sleep(self._settle)
            self._wanted.clear()
            self._asked = time.monotonic()
            try:
                self._carry()
            except Exception as error:  # whatever it is, the program goes on
                log.debug("traces were not delivered", exc_info=True)
                self._problem = str(error) if isinstance(error, Unreachable) else repr(error)
                self._asked = None
                self._tried.set()
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            self._problem = self._asked = None
            pause = SHORTEST_PAUSE
            if not self._wanted.is_set():
                self._idle.set()
                self._tried.set()
            self._wanted.wait()
