"""The source lines of a finding, with marks under the places it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compiler.diagnostics.render.shown_line import ShownLine, show_line, visible
from compiler.diagnostics.span import SourceFile, Span
from compiler.record import dataclass

# Lines of a place over several lines that are shown at its start.
_HEAD_LINES: Final = 2
_FULL_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to underline: `^` for the primary one, `-` for others."""

    span: Span
    text: str
    is_primary: bool

    @property
    def sign(self) -> str:
        """The character that underlines it."""
        return "^" if self.is_primary else "-"

    @property
    def last_line(self) -> int:
        """1-based line of its last character."""
        return self.span.source.position(max(self.span.start, self.span.end - 1)).line


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a snippet: a source line with its number, or marks under one.

    Args:
        number: the line number; None for marks; -1 for lines left out.
        text: what to print after the gutter.
        mark: the mark that the row shows, for its colour.
    """

    number: int | None
    text: str
    mark: Mark | None = None


def snippet(source: SourceFile, marks: Sequence[Mark]) -> list[Row]:
    """Return the rows that show the marks of one file."""
    tall = next((mark for mark in marks if mark.last_line > mark.span.line), None)
    lines = _shown_lines(marks, tall)
    rows: list[Row] = []
    before: int | None = None
    for number in lines:
        if before is not None and number == before + 2:
            rows += _line_rows(source, before + 1, (), tall)
        elif before is not None and number > before + 2:
            rows.append(Row(-1, "|" if tall and _is_inside(tall, before, number) else ""))
        rows += _line_rows(source, number, marks, tall)
        before = number
    return rows


def _shown_lines(marks: Sequence[Mark], tall: Mark | None) -> list[int]:
    lines = {mark.span.line for mark in marks}
    if tall is not None:
        first, last = tall.span.line, tall.last_line
        lines.add(last)
        lines.update(
            range(first, last) if last - first < _FULL_LINES else range(first, first + _HEAD_LINES)
        )
    return sorted(lines)


def _is_inside(tall: Mark, low: int, high: int) -> bool:
    return tall.span.line <= low and high <= tall.last_line


def _line_rows(
    source: SourceFile, number: int, marks: Sequence[Mark], tall: Mark | None
) -> list[Row]:
    """Return a source line with a row of marks for each place that starts, or ends, on it."""
    here = sorted(
        (mark for mark in marks if mark.span.line == number and mark is not tall),
        key=lambda mark: (mark.span.start, not mark.is_primary),
    )
    focus = min((_start_column(mark) for mark in here if mark.is_primary), default=-1)
    if focus < 0:
        focus = _start_column(here[0]) if here else 0
    line = source.line_text(number)
    if tall is not None and number == tall.span.line and not here:
        focus = _start_column(tall)
    if tall is not None and number == tall.last_line and not here:
        focus = _end_column(tall)
    shown = show_line(line, focus)
    bars = _Bars(tall, number, line)
    rows = [Row(number, bars.before_line() + shown.text, tall)]
    rows += bars.opening(shown)
    rows += [Row(None, bars.below() + _underline(mark, shown, line), mark) for mark in here]
    return rows + bars.closing(shown)


def _underline(mark: Mark, shown: ShownLine, line: str) -> str:
    start = _start_column(mark)
    end = _end_column(mark) if mark.last_line == mark.span.line else len(line)
    low = shown.column(start)
    high = max(low + 1, shown.column(end))
    text = f" {visible(mark.text)}" if mark.text else ""
    return " " * low + mark.sign * (high - low) + text


def _start_column(mark: Mark) -> int:
    return mark.span.source.position(mark.span.start).column - 1


def _end_column(mark: Mark) -> int:
    return mark.span.source.position(max(mark.span.start, mark.span.end - 1)).column


@dataclass(frozen=True, slots=True)
class _Bars:
    """The bar left of the lines of a place that goes over several lines, as seen from one line."""

    tall: Mark | None
    number: int
    line: str

    @property
    def _starts_line(self) -> bool:
        return self.tall is not None and not self.line[: _start_column(self.tall)].strip()

    def before_line(self) -> str:
        if self.tall is None:
            return ""
        if self.number == self.tall.span.line:
            return "/ " if self._starts_line else "  "
        return "| " if self.tall.span.line < self.number <= self.tall.last_line else "  "

    def below(self) -> str:
        """The bar beside marks of other places on this line."""
        if self.tall is None:
            return ""
        return "| " if self.tall.span.line <= self.number < self.tall.last_line else "  "

    def opening(self, shown: ShownLine) -> list[Row]:
        if self.tall is None or self.number != self.tall.span.line or self._starts_line:
            return []
        width = shown.column(_start_column(self.tall))
        return [Row(None, " " + "_" * (width + 1) + self.tall.sign, self.tall)]

    def closing(self, shown: ShownLine) -> list[Row]:
        if self.tall is None or self.number != self.tall.last_line:
            return []
        width = shown.column(_end_column(self.tall) - 1)
        text = f" {visible(self.tall.text)}" if self.tall.text else ""
        return [Row(None, "|" + "_" * (width + 1) + self.tall.sign + text, self.tall)]
