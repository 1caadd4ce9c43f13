"""The executions of nodes in one run, and which of them the run had to wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from compiler.profile.trace import NANOSECONDS, Step, Trace, children_of
from compiler.record import dataclass

SLACK: Final = 500_000
"""Nanoseconds by which a step may seem to begin before what it waited for has ended: clocks are read apart."""

Ancestors = Mapping[str, AbstractSet[str]]
"""For each node the nodes from which it can be reached; what runs after one of these may have waited for it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One execution of a node of the workflow; the nodes of sub-workflows are part of the node that runs them."""

    step: Step
    inner: tuple[Step, ...]
    """All steps below it."""


def visits_of(trace: Trace) -> tuple[Visit, ...]:
    """Return the executions in the order in which they began."""
    below = children_of(trace)
    found: list[Visit] = []
    waiting = list(below.get(trace.root.id, ()))
    while waiting:
        step = waiting.pop()
        if step.kind == "node":
            found.append(Visit(step, all_below(step, below)))
        else:
            waiting += below.get(step.id, ())
    return tuple(sorted(found, key=lambda each: (each.step.start, each.step.end)))


def all_below(step: Step, below: Mapping[str, Sequence[Step]]) -> tuple[Step, ...]:
    """Return all steps below one; `below` has those right below each."""
    found: list[Step] = []
    waiting = [step]
    while waiting:
        inner = below.get(waiting.pop().id, ())
        found += inner
        waiting += inner
    return tuple(found)


def triggers_of(
    visits: tuple[Visit, ...], ancestors: Ancestors | None
) -> tuple[tuple[int, ...], ...]:
    """Return for each visit those, by index, that had ended before it began and that it may have waited for.

    Args:
        ancestors: None where the workflow is not known: then everything that ended before counts.
    """
    found: list[tuple[int, ...]] = []
    for visit in visits:
        before = [
            at
            for at, other in enumerate(visits)
            if other is not visit
            and other.step.end <= visit.step.start + SLACK
            and other.step.start < visit.step.start
            and (
                ancestors is None
                or visit.step.name not in ancestors
                or other.step.name in ancestors[visit.step.name]
            )
        ]
        found.append(tuple(before))
    return tuple(found)


def critical_path(
    visits: tuple[Visit, ...], triggers: tuple[tuple[int, ...], ...]
) -> tuple[int, ...]:
    """Return the visits that decided how long the run took, in order: each began when the one before ended."""
    if not visits:
        return ()
    at = max(range(len(visits)), key=lambda each: visits[each].step.end)
    path = [at]
    while triggers[at]:
        at = max(triggers[at], key=lambda each: visits[each].step.end)
        path.append(at)
    return tuple(reversed(path))


def seconds_if(
    trace: Trace, visits: tuple[Visit, ...], triggers: tuple[tuple[int, ...], ...], faster: str
) -> float:
    """Return how long the run would have taken had the node `faster` been twice as fast.

    Every visit begins as long after its last trigger as it did, whenever that ends now.
    """
    ends: list[int] = []
    for visit, before in zip(visits, triggers, strict=True):
        step = visit.step
        since = max((visits[each].step.end for each in before), default=trace.root.start)
        began = max((ends[each] for each in before), default=trace.root.start)
        took = step.end - step.start
        ends.append(began + step.start - since + (took // 2 if step.name == faster else took))
    if not ends:
        return trace.seconds
    last = max(visit.step.end for visit in visits)
    return (max(ends) + trace.root.end - last - trace.root.start) / NANOSECONDS
