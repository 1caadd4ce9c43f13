"""Joins that can never have all they read: one of two fields is set in every run, never both.

    a: if state.ok -> b, else -> c
    b: writes x; -> d        c: writes y; -> d
    d: reads x, y            no run goes through `b` and `c`

With dead-path elimination a join always runs once one of its edges was taken; what starves is what it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from compiler.ir.names import NodeId
from compiler.ir.uses import Write
from compiler.passes.analysis import Analysis
from compiler.passes.assigned import Missing
from compiler.passes.concurrency import Concurrency
from compiler.record import dataclass

_Writer = tuple[NodeId, Write]


@dataclass(frozen=True, slots=True)
class Starved:
    """Two reads of one node that no run can both serve, and the first writer of each."""

    reads: tuple[Missing, Missing]
    writers: tuple[_Writer, _Writer]


def find_starved(analysis: Analysis, missing: tuple[Missing, ...]) -> Iterator[Starved]:
    """Yield at most one pair per node."""
    by_node: dict[NodeId, list[Missing]] = {}
    for each in missing:
        by_node.setdefault(each.node, []).append(each)
    for reads in by_node.values():
        if len(reads) > 1:
            yield from _first_pair(analysis, reads)


def _first_pair(analysis: Analysis, reads: list[Missing]) -> Iterator[Starved]:
    concurrency = Concurrency(analysis)
    for one, other in combinations(reads, 2):
        writers = [_writers_before(analysis, concurrency, each) for each in (one, other)]
        if all(writers) and all(
            _exclude_each_other(analysis, concurrency, left, right)
            for left, _ in writers[0]
            for right, _ in writers[1]
        ):
            yield Starved((one, other), (writers[0][0], writers[1][0]))
            return


def _writers_before(
    analysis: Analysis, concurrency: Concurrency, missing: Missing
) -> list[_Writer]:
    return [
        (node, write)
        for node, writes in analysis.writes.items()
        if node in analysis.rank and concurrency.comes_before(node, missing.node)
        for write in writes
        if write.field == missing.read.field
    ]


def _exclude_each_other(
    analysis: Analysis, concurrency: Concurrency, one: NodeId, other: NodeId
) -> bool:
    """Whether no run goes through both; two iterations of a loop could."""
    if one == other or concurrency.are_ordered(one, other):
        return False
    if {*analysis.loops.enclosing(one)} & {*analysis.loops.enclosing(other)}:
        return False
    return concurrency.find_fork(one, other) is None
