"""Runs small acyclic workflows in all possible ways, by the letter of the language: the judge of the analyses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from compiler.ir.names import END, START, NodeId
from compiler.passes import Analysis
from compiler.passes.alternatives import Alternative

Run = dict[NodeId, frozenset[NodeId]]
"""Each node that ran, with the nodes whose writes it saw."""


def all_runs(analysis: Analysis) -> Iterator[Run]:
    """Yield what happens for every combination of alternatives; joins wait, dead paths are dead."""
    nodes = [node for node in analysis.order if node != END]
    for chosen in product(*(analysis.alternatives[node] for node in nodes)):
        yield _run(analysis, dict(zip(nodes, chosen, strict=True)))


def _run(analysis: Analysis, chosen: dict[NodeId, Alternative]) -> Run:
    seen: Run = {START: frozenset()}
    for node in analysis.order[1:]:
        taken = [
            edge.source
            for edge in analysis.graph.into[node]
            if edge.source in seen and node in chosen[edge.source].targets
        ]
        if taken:
            own = {source for source in taken if chosen[source].has_written}
            seen[node] = frozenset(own).union(*(seen[source] for source in taken))
    return seen
