# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Delivers what is in the spool and remembers, next to it, how far that has come."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .destination import Destination, Refused
from .lock import try_lock
from .record import TraceRecord
from .spool import Spool, trace_of

__all__ = ["Delivery", "Mark"]

MOST_TRACES = 200  # in one request; more take the server no less time each
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a destination is. `refused`: traces it will not take. `problem`: why it is behind."""

    destination: str
    spool: str | None = None
    position: int = 0
    refused: int = 0
    problem: str | None = None


class Delivery:
    """The way from one spool to one destination."""

    def __init__(self, spool: Spool, destination: Destination) -> None:
        self.spool = spool
        self.destination = destination
        stem = f"{spool.path.stem}.{destination.key}"
        self._file = spool.path.with_name(f"{stem}.sent")
        self._lock = spool.path.with_name(f"{stem}.lock")

    def mark(self) -> Mark:
        """Return how far it is."""
        try:
            return Mark(**json.loads(self._file.read_bytes()))
        except (OSError, ValueError, TypeError):
            return Mark(self.destination.label)

    @property
    def pending(self) -> bool:
        """Whether there is something to deliver."""
        mark = self.mark()
        return self.spool.path.exists() and self.spool.pending(mark.spool, mark.position)

    def run(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Deliver all there is and return the number of traces.

        Does nothing while another process delivers: that looks for new traces once more after it
        has let go of the lock, so none is left behind.

        Raises:
            Unreachable: the destination takes nothing now.
        """
        count = 0
        while not stopped() and self.pending:
            with try_lock(self._lock) as held:
                if not held:
                    break
                count += self._drain(stopped)
        return count

    def note(self, problem: str) -> None:
        """Remember why the destination is behind."""
        mark = self.mark()
        if mark.problem != problem:
            self._save(replace(mark, problem=problem))

    def _drain(self, stopped: Callable[[], bool]) -> int:
        count = 0
        while not stopped():
            mark = self.mark()
            chunk = self.spool.read(mark.spool, mark.position, lines=MOST_TRACES, size=MOST_BYTES)
            if not chunk.lines:
                break
            found = [trace for line in chunk.lines if (trace := trace_of(line)) is not None]
            refused = self._send(found)
            count += len(found) - refused
            done = replace(mark, spool=chunk.spool, position=chunk.next, problem=None)
            self._save(replace(done, refused=mark.refused + refused))
        return count

    def _send(self, traces: Sequence[TraceRecord]) -> int:
        """Send traces and return how many were refused: one that is must not hold the others up."""
        if not traces:
            return 0
        try:
            self.destination.send(traces)
        except Refused:
            if len(traces) == 1:
                return 1
            middle = len(traces) // 2
            return self._send(traces[:middle]) + self._send(traces[middle:])
        return 0

    def _save(self, mark: Mark) -> None:
        new = Path(f"{self._file}.{os.getpid()}.new")
        new.write_text(json.dumps(asdict(mark)), "utf-8")
        new.replace(self._file)
