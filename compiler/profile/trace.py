"""A trace as profiles read it, wherever it was kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from compiler.record import dataclass, replace

NANOSECONDS: Final = 1e9


@dataclass(frozen=True, slots=True)
class Step:
    """One span: what was done from `start` to `end` (nanoseconds since the epoch).

    `kind` is workflow, node, item, llm, tool, agent, sandbox or retry; `status` ok, error, paused or cancelled.
    `cost` in USD is None where it is not known. `is_free`: nothing was asked of a provider, because the run was
    simulated or the answer was in a cache.
    """

    id: str
    parent: str | None
    name: str
    kind: str
    start: int
    end: int
    status: str = "ok"
    model: str | None = None
    cost: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    is_free: bool = False

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.start) / NANOSECONDS


@dataclass(frozen=True, slots=True)
class Trace:
    """One run with all its steps, the root first."""

    id: str
    workflow: str
    is_simulated: bool
    steps: tuple[Step, ...]

    @property
    def root(self) -> Step:
        """The step that is the whole run."""
        return self.steps[0]

    @property
    def seconds(self) -> float:
        """How long the run took, without the time in which it waited for a person."""
        return self.root.seconds


@dataclass(frozen=True, slots=True)
class Found:
    """Traces from one place, the oldest first, and how many of its entries could not be read."""

    traces: tuple[Trace, ...]
    unreadable: int = 0


class Unreadable(Exception):
    """There are no traces to be had from a place; the message says why, `help` what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def make_trace(id: str, workflow: str, is_simulated: bool, steps: Iterable[Step]) -> Trace | None:
    """Put steps together; None if there is no root, as while a run still waits for a person.

    A run that was continued comes with a root for each part, and waited in between: the longest root counts,
    and steps after a wait move up to where it began.
    """
    known = list(steps)
    roots = [each for each in known if each.parent is None]
    inner = sorted((each for each in known if each.parent is not None), key=lambda each: each.start)
    if not roots:
        return None
    root = replace(
        max(roots, key=lambda each: each.end),
        start=min(each.start for each in roots),
    )
    return Trace(id, workflow, is_simulated, _without_waits(root, inner))


def _without_waits(root: Step, inner: list[Step]) -> tuple[Step, ...]:
    """Cut out the times in which nothing was open after a step had paused."""
    moved: list[Step] = []
    cut, last_end, is_paused = 0, root.start, False
    for each in inner:
        if each.start > last_end and is_paused:
            cut += each.start - last_end
            is_paused = False
        last_end = max(last_end, each.end)
        is_paused = is_paused or each.status == "paused"
        moved.append(replace(each, start=each.start - cut, end=each.end - cut))
    return (replace(root, end=root.end - cut), *moved)


def children_of(trace: Trace) -> Mapping[str, tuple[Step, ...]]:
    """Return the steps right below each step that has any, in the order in which they began."""
    below: dict[str, list[Step]] = {}
    known = {each.id for each in trace.steps}
    for each in trace.steps[1:]:
        parent = each.parent if each.parent in known else trace.root.id
        below.setdefault(parent or trace.root.id, []).append(each)
    return {
        parent: tuple(sorted(steps, key=lambda step: step.start)) for parent, steps in below.items()
    }
