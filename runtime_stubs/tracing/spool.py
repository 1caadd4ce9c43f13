# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The file that finished traces are written to: one line of JSON each, in the order they ended.

The first line says what the file is: `{"spool": id, "format": "agentc-trace/1", "dropped": bytes}`.
Positions count the bytes of traces since the file was made; those of old traces that were
dropped from its beginning still count, so a position stays valid.
"""

import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from .lock import locked
from .record import TraceRecord

__all__ = ["FORMAT", "Chunk", "Spool"]

FORMAT = "agentc-trace/1"
ID_LENGTH = 32
_BEGINNING = b'{"trace": "'  # of each line: a trace is found without reading all others


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some traces as they stand in the file, and where the next ones begin."""

    spool: str
    lines: list[bytes]
    next: int


@dataclass(frozen=True, slots=True)
class _Header:
    spool: str
    dropped: int
    length: int

    def line(self) -> bytes:
        fields = {"spool": self.spool, "format": FORMAT, "dropped": self.dropped}
        return json.dumps(fields).encode() + b"\n"


class Spool:
    """The traces of one workflow on this machine. Several processes may use it at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make the file if it is not there; raise OSError if that cannot be."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._lock), self._opened():
            pass

    def append(self, lines: Sequence[bytes]) -> None:
        """Add lines without their ends; when it returns they survive a loss of power."""
        with locked(self._lock), self._opened() as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(end - 1)
            broken = file.read(1) != b"\n"  # the writer before was cut off
            file.write((b"\n" if broken else b"") + b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

    def read(self, spool: str | None, position: int, *, lines: int, size: int) -> Chunk:
        """Return at most so many lines and about so many bytes from a position on.

        From the beginning if the position is one of another file (`spool`) or of none.
        """
        with locked(self._lock), self._opened() as file:
            header = _header(file)
            if header.spool != spool or position < header.dropped:
                position = header.dropped
            file.seek(header.length + position - header.dropped)
            found: list[bytes] = []
            for line in file:
                if not line.endswith(b"\n") or len(found) >= lines or size <= 0:
                    break
                found.append(line.rstrip(b"\n"))
                position += len(line)
                size -= len(line)
        return Chunk(header.spool, found, position)

    def pending(self, spool: str | None, position: int) -> bool:
        """Return whether there is anything from a position on."""
        return bool(self.read(spool, position, lines=1, size=1).lines)

    def drop_before(self, time: int) -> None:
        """Drop traces that ended before `time` (ns since the epoch), the oldest first."""
        with locked(self._lock), self._opened() as file:
            header = _header(file)
            keep = file.tell()
            for line in file:
                trace = trace_of(line)
                if trace is not None and trace["end"] >= time:
                    break
                keep += len(line)
            if keep == header.length:
                return
            younger = self.path.with_suffix(".new")
            with younger.open("wb") as copy:
                gone = keep - header.length
                copy.write(_Header(header.spool, header.dropped + gone, 0).line())
                file.seek(keep)
                shutil.copyfileobj(file, copy)
                copy.flush()
                os.fsync(copy.fileno())
            younger.replace(self.path)

    def traces(self) -> Iterator[TraceRecord]:
        """Yield all traces, the oldest first; lines that were cut off are left out."""
        if self.path.exists():
            with self.path.open("rb") as file:
                for line in file:
                    trace = trace_of(line)
                    if trace is not None:
                        yield trace

    def parts(self, ids: Collection[str], end: int) -> dict[str, list[TraceRecord]]:
        """Return the parts of some traces that ended until `end` (ns), by trace and in order."""
        found: dict[str, list[TraceRecord]] = {}
        with self.path.open("rb") as file:
            for line in file:
                if line[len(_BEGINNING) :][:ID_LENGTH].decode("ascii", "replace") in ids:
                    trace = trace_of(line)
                    if trace is not None and trace["end"] <= end:
                        found.setdefault(trace["trace"], []).append(trace)
        return found

    @property
    def _lock(self) -> Path:
        return self.path.with_suffix(".lock")

    def _opened(self) -> BinaryIO:
        """Open the file for reading and writing; only to be called with the lock."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        file = os.fdopen(descriptor, "r+b")
        if file.seek(0, os.SEEK_END) == 0:
            file.write(_Header(os.urandom(8).hex(), 0, 0).line())
            file.flush()
        file.seek(0)
        return file


def trace_of(line: bytes) -> TraceRecord | None:
    """Return the trace a line holds, None if it holds none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return cast(TraceRecord, found) if isinstance(found, dict) and "spans" in found else None


def _header(file: BinaryIO) -> _Header:
    line = file.readline()
    try:
        found = json.loads(line)
        return _Header(str(found["spool"]), int(found["dropped"]), len(line))
    except (ValueError, KeyError, TypeError):
        file.seek(0)  # somebody else wrote the file: all its lines count
        return _Header("", 0, 0)
