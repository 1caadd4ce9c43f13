"""One run as a picture: a row per execution of a node, the critical path in a colour of its own."""

from __future__ import annotations

from compiler.profile.measure import percentile
from compiler.profile.page import render
from compiler.profile.trace import NANOSECONDS, Step, Trace
from compiler.profile.visits import Ancestors, Visit, critical_path, triggers_of, visits_of
from compiler.profile.words import seconds
from compiler.record import dataclass

_LABEL = 190
_CHART = 760
_ROW = 24
_TOP = 34
_MOST_ROWS = 200
"""A picture with more rows than this is not read by anyone; the longest executions stay."""
_MOST_MARKS = 400
"""Inner bars of one row."""
_LETTERS = 26
"""Letters that fit left of the chart."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in pixels, with what is said when the mouse is over it."""

    x: float
    width: float
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One execution of a node: its bar, and the calls and items inside."""

    text_y: int
    bar_y: int
    mark_y: int
    label: str
    bar: Bar
    marks: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the time axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """The picture as its template takes it; sizes in pixels."""

    title: str
    width: int
    height: int
    label_x: int
    chart_x: int
    lines_end: int
    note_y: int
    bar_height: int
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    left_out: int


def typical(traces: tuple[Trace, ...]) -> Trace:
    """Return the run whose time is the median: the one a picture should show."""
    middle = percentile([trace.seconds for trace in traces], 50)
    return next(trace for trace in reversed(traces) if trace.seconds == middle)


def gantt_svg(trace: Trace, ancestors: Ancestors | None) -> str:
    """Return the picture of a run as SVG that stands alone."""
    return render("gantt.svg.j2", gantt=gantt(trace, ancestors))


def gantt(trace: Trace, ancestors: Ancestors | None) -> Gantt:
    """Lay a run out."""
    visits = visits_of(trace)
    path = set(critical_path(visits, triggers_of(visits, ancestors)))
    shown = sorted(range(len(visits)), key=lambda at: (at not in path, -visits[at].step.seconds))
    kept = sorted(shown[:_MOST_ROWS])
    scale = _CHART / max(trace.root.end - trace.root.start, 1)
    rows = tuple(
        _row(visits[at], row, trace.root.start, scale, at in path) for row, at in enumerate(kept)
    )
    height = _TOP + _ROW * len(rows) + 14
    return Gantt(
        title=f"{trace.workflow}, {seconds(trace.seconds)}",
        width=_LABEL + _CHART + 20,
        height=height,
        label_x=_LABEL - 10,
        chart_x=_LABEL,
        lines_end=height - 10,
        note_y=height - 2,
        bar_height=_ROW - 8,
        ticks=_ticks(trace.seconds),
        rows=rows,
        left_out=len(visits) - len(kept),
    )


def _row(visit: Visit, number: int, start: int, scale: float, is_critical: bool) -> Row:
    step = visit.step
    inner = [each for each in visit.inner if each.kind in ("llm", "tool", "sandbox")]
    label = step.name if len(step.name) <= _LETTERS else f"{step.name[: _LETTERS - 1]}…"
    kind = "failed" if step.status == "error" else "critical" if is_critical else "other"
    longest = sorted(inner, key=lambda each: -each.seconds)[:_MOST_MARKS]
    top = _TOP + _ROW * number
    return Row(
        text_y=top + 16,
        bar_y=top + 4,
        mark_y=top + 13,
        label=label,
        bar=_bar(step, start, scale, kind),
        marks=tuple(_bar(each, start, scale, each.kind) for each in longest),
    )


def _bar(step: Step, start: int, scale: float, kind: str) -> Bar:
    since = seconds((step.start - start) / NANOSECONDS)
    return Bar(
        x=round(_LABEL + (step.start - start) * scale, 2),
        width=round(max((step.end - step.start) * scale, 1.5), 2),
        title=f"{step.kind} {step.name}: {seconds(step.seconds)}, from {since}",
        kind=kind,
    )


def _ticks(length: float) -> tuple[Tick, ...]:
    """Return lines at round times, four to ten of them."""
    step = 10.0**-6
    factors = (2.0, 2.5, 2.0)
    at = 0
    while length / step > 10:
        step *= factors[at % 3]
        at += 1
    return (
        tuple(
            Tick(
                round(_LABEL + number * step / length * _CHART, 2),
                seconds(number * step) if number else "0",
            )
            for number in range(int(length / step) + 1)
        )
        if length
        else ()
    )
