"""What many runs of a workflow say together."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from compiler.profile.trace import NANOSECONDS, Step, Trace
from compiler.profile.visits import (
    Ancestors,
    Visit,
    all_below,
    critical_path,
    seconds_if,
    triggers_of,
    visits_of,
)
from compiler.record import dataclass

_MOST_VISITS: Final = 1500
"""Executions of nodes up to which a run is replayed with faster nodes: that takes quadratic time."""


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """One node over all runs; times in seconds, money in USD, shares from 0 to 1.

    `name` is the node, with the nodes that run it before it (`articles.draft`); `name[]` are the items of a map.
    `critical` is its share of the time on the critical paths, `saved` the seconds of a mean run that twice the
    speed would save; both are 0 for what runs inside of another node.
    """

    name: str
    runs: int
    visits: int
    calls: int
    p50: float
    p95: float
    critical: float
    saved: float
    cost: float
    unpriced: int
    failures: int
    retries: int
    lost: float
    """Seconds of a mean run that went into attempts that failed and the waits after them."""
    models: tuple[str, ...]
    model_share: float
    """The part of its time in which a model call was open."""
    most_at_once: int
    """Of the items of a map, the most that were open at a time; 0 for everything else."""
    items_per_visit: float

    @property
    def is_inner(self) -> bool:
        """Whether it is a part of another node."""
        return "." in self.name or self.name.endswith("[]")


@dataclass(frozen=True, slots=True)
class Profile:
    """All runs together; times in seconds, money in USD per run."""

    workflow: str
    runs: int
    failed: int
    first: int
    last: int
    """When the first and the last run began, in nanoseconds since the epoch."""
    p50: float
    p95: float
    mean: float
    cost: float
    calls: float
    unpriced: int
    outside: float
    """Seconds of a mean run in which no node was open."""
    path: tuple[str, ...]
    """The most frequent critical path."""
    path_runs: int
    nodes: tuple[NodeFigures, ...]
    """In the order in which they first began."""

    @property
    def bottleneck(self) -> NodeFigures | None:
        """The node with the largest share of the critical paths."""
        return max(
            (node for node in self.nodes if node.critical > 0),
            key=lambda node: node.critical,
            default=None,
        )


def measure(traces: Sequence[Trace], ancestors: Ancestors | None) -> Profile:
    """Measure runs of one workflow; there is at least one."""
    figures = _Figures()
    paths: Counter[tuple[str, ...]] = Counter()
    outside: list[float] = []
    for trace in traces:
        visits = visits_of(trace)
        triggers = triggers_of(visits, ancestors) if len(visits) <= _MOST_VISITS else ()
        path = critical_path(visits, triggers) if triggers else ()
        paths[tuple(visits[at].step.name for at in path)] += 1
        figures.add(trace, visits, triggers, path)
        outside.append(_outside(trace, visits))
    path_names, path_runs = paths.most_common(1)[0]
    times = [trace.seconds for trace in traces]
    calls = [step for trace in traces for step in trace.steps if _is_paid(step)]
    return Profile(
        workflow=traces[-1].workflow,
        runs=len(traces),
        failed=sum(trace.root.status == "error" for trace in traces),
        first=min(trace.root.start for trace in traces),
        last=max(trace.root.start for trace in traces),
        p50=statistics.median(times),
        p95=percentile(times, 95),
        mean=statistics.fmean(times),
        cost=math.fsum(step.cost or 0.0 for step in calls) / len(traces),
        calls=len(calls) / len(traces),
        unpriced=sum(step.cost is None for step in calls),
        outside=statistics.fmean(outside),
        path=path_names,
        path_runs=path_runs,
        nodes=figures.nodes(len(traces)),
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that `percent` of 100 values do not exceed (the nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def open_seconds(steps: Sequence[Step]) -> float:
    """Return for how long at least one of the steps was open."""
    total, until = 0, 0
    for start, end in sorted((step.start, step.end) for step in steps):
        total += max(0, end - max(start, until))
        until = max(until, end)
    return total / NANOSECONDS


def most_open(steps: Sequence[Step]) -> int:
    """Return how many of the steps were open at a time at most."""
    changes = sorted(
        change for step in steps for change in ((step.start, 1), (step.end, -1))
    )  # at one moment, ends come first
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def _outside(trace: Trace, visits: Sequence[Visit]) -> float:
    return trace.seconds - open_seconds([visit.step for visit in visits])


def _is_paid(step: Step) -> bool:
    return step.kind == "llm" and step.status == "ok" and not step.is_free


@dataclass(frozen=True, slots=True)
class _Group:
    """The executions of one node, or of the items of one map, each with what is below it."""

    visits: list[Visit]
    runs: set[str]
    critical: list[float]
    saved: list[float]


class _Figures:
    """Collects what is known of each node, run by run."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._critical = 0.0

    def add(
        self,
        trace: Trace,
        visits: tuple[Visit, ...],
        triggers: tuple[tuple[int, ...], ...],
        path: tuple[int, ...],
    ) -> None:
        """Count one run."""
        for visit in visits:
            self._group(visit.step.name, trace.id).visits.append(visit)
            for name, inner in _inner_visits(visit):
                self._group(name, trace.id).visits.append(inner)
        for at in path:
            seconds = visits[at].step.seconds
            self._groups[visits[at].step.name].critical.append(seconds)
            self._critical += seconds
        for name in {visits[at].step.name for at in path}:
            saved = trace.seconds - seconds_if(trace, visits, triggers, name)
            self._groups[name].saved.append(saved)

    def nodes(self, runs: int) -> tuple[NodeFigures, ...]:
        """Return the figures, for so many runs in all."""
        return tuple(
            _figures(name, group, runs, self._critical) for name, group in self._groups.items()
        )

    def _group(self, name: str, trace: str) -> _Group:
        group = self._groups.setdefault(name, _Group([], set(), [], []))
        group.runs.add(trace)
        return group


def _inner_visits(visit: Visit) -> Iterator[tuple[str, Visit]]:
    """Yield the items and the inner nodes of a visit, with their names in the profile."""
    below: dict[str, list[Step]] = {}
    for step in visit.inner:
        below.setdefault(step.parent or "", []).append(step)
    waiting = [(visit.step, visit.step.name)]
    while waiting:
        above, name = waiting.pop()
        for step in below.get(above.id, ()):
            own = name
            if step.kind == "item":
                own = f"{name}[]"
            elif step.kind == "node":
                own = f"{name.removesuffix('[]')}.{step.name}"
            if own != name:
                yield own, Visit(step, all_below(step, below))
            waiting.append((step, own))


def _figures(name: str, group: _Group, runs: int, critical: float) -> NodeFigures:
    times = [visit.step.seconds for visit in group.visits]
    inner = [step for visit in group.visits for step in visit.inner]
    calls = [step for step in inner if _is_paid(step)]
    models = Counter(step.model for step in inner if step.kind == "llm" and step.model)
    retries = [step for step in inner if step.kind == "retry"]
    items = [
        [step for step in visit.inner if step.kind == "item" and step.parent == visit.step.id]
        for visit in group.visits
    ]
    open_calls = sum(
        open_seconds([step for step in visit.inner if step.kind == "llm"]) for visit in group.visits
    )
    return NodeFigures(
        name=name,
        runs=len(group.runs),
        visits=len(group.visits),
        calls=len(calls),
        p50=statistics.median(times),
        p95=percentile(times, 95),
        critical=math.fsum(group.critical) / critical if critical else 0.0,
        saved=math.fsum(group.saved) / runs,
        cost=math.fsum(step.cost or 0.0 for step in calls) / runs,
        unpriced=sum(step.cost is None for step in calls),
        failures=sum(visit.step.status == "error" for visit in group.visits),
        retries=len(retries),
        lost=math.fsum(map(_lost, group.visits)) / runs,
        models=tuple(model for model, _ in models.most_common() if model is not None),
        model_share=open_calls / math.fsum(times) if any(times) else 0.0,
        most_at_once=max((most_open(each) for each in items), default=0),
        items_per_visit=statistics.fmean(len(each) for each in items),
    )


def _lost(visit: Visit) -> float:
    """Return the seconds from the first attempt of each piece of work to its last."""
    known = {step.id: step for step in (visit.step, *visit.inner)}
    last: dict[str, int] = {}
    for step in visit.inner:
        if step.kind == "retry" and step.parent in known:
            last[step.parent] = max(step.start, last.get(step.parent, 0))
    return math.fsum((start - known[parent].start) / NANOSECONDS for parent, start in last.items())
