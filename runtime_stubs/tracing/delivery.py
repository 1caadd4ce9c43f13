# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Delivers what is in the spool and remembers, next to it, how far that has come."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .destination import Destination, Refused
from .lock import try_lock
from .record import TraceRecord, joined
from .spool import Spool, trace_of

__all__ = ["Delivery", "Mark"]

MOST_TRACES = 200  # in one request; more take the server no less time each
MOST_BYTES = 1 << 20
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a destination is.

    `refused`: traces it will not take. `problem`: why it is behind. `expired`: when old runs were
    last deleted there, in seconds since the epoch.
    """

    destination: str
    spool: str | None = None
    position: int = 0
    refused: int = 0
    problem: str | None = None
    expired: float = 0.0


class Delivery:
    """The way from one spool to one destination."""

    def __init__(
        self,
        spool: Spool,
        destination: Destination,
        program: str = "",
        retention_days: int | None = None,
    ) -> None:
        """Know the way.

        Args:
            program: the workflow whose runs are delivered.
            retention_days: days after which its runs are deleted there; None: never.
        """
        self.spool = spool
        self.destination = destination
        self._program = program
        self._retention_days = retention_days
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
        if self._retention_days is not None and not stopped():
            self._expire(self._retention_days)
        return count

    def note(self, problem: str) -> None:
        """Remember why the destination is behind."""
        mark = self.mark()
        if mark.problem != problem:
            self._save(replace(mark, problem=problem))

    def _expire(self, days: int) -> None:
        """Delete old runs at the destination, once a day."""
        now = time.time()
        with try_lock(self._lock) as held:
            if held and now - self.mark().expired >= DAY:
                self.destination.expire(self._program, int((now - days * DAY) * 1000))
                self._save(replace(self.mark(), expired=now))

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
            self.destination.store_runs(self._whole(traces))
        except Refused:
            if len(traces) == 1:
                return 1
            middle = len(traces) // 2
            return self._send(traces[:middle]) + self._send(traces[middle:])
        return 0

    def _whole(self, traces: Sequence[TraceRecord]) -> list[TraceRecord]:
        """Put the earlier parts of runs that were continued before them."""
        ids = {trace["trace"] for trace in traces if trace.get("continued")}
        if not ids:
            return list(traces)
        known = self.spool.parts(ids, max(trace["end"] for trace in traces))
        found: list[TraceRecord] = []
        for trace in traces:
            parts = known.get(trace["trace"], []) if trace.get("continued") else []
            until = [part for part in parts if part["end"] <= trace["end"]]
            found.append(joined(until) if until else trace)
        return found

    def _save(self, mark: Mark) -> None:
        new = Path(f"{self._file}.{os.getpid()}.new")
        new.write_text(json.dumps(asdict(mark)), "utf-8")
        new.replace(self._file)
