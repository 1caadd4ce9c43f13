"""Places in a source file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from typing import NamedTuple

from compiler.record import dataclass


class Position(NamedTuple):
    """A place for people: 1-based line and 1-based column, both counted in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One input file: the path as the user wrote it, and its text."""

    path: str
    text: str
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, offset: int) -> Position:
        """Turn a character offset into line and column."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line_text(self, line: int) -> str:
        """Return line number `line` (1-based) without its line break; empty when there is none."""
        if not 1 <= line <= len(self._starts):
            return ""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    @property
    def line_count(self) -> int:
        """How many lines the file has; an empty file has one."""
        return len(self._starts)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range `[start, end)` of character offsets in one source file."""

    source: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        """1-based line of the first character."""
        return self.source.position(self.start).line

    def part(self, start: int, end: int) -> Span:
        """Return a span inside this one, offsets relative to its start, clamped to it."""
        low = min(self.start + max(start, 0), self.end)
        return Span(self.source, low, max(low, min(self.start + end, self.end)))
