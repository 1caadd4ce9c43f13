"""Rewrites that a user cannot observe except as time saved; they run at `-O1` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.ir.names import NodeId
from compiler.ir.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Report:
    """One thing the optimizer did, as a sentence for people, and the nodes it is about."""

    text: str
    nodes: tuple[NodeId, ...]


Optimizer = Callable[[Workflow], tuple[Workflow, tuple[Report, ...]]]

OPTIMIZERS: tuple[Optimizer, ...] = ()


def optimize(workflow: Workflow, only: str | None = None) -> tuple[Workflow, tuple[Report, ...]]:
    """Run the rewrites (or `only` the one of that name) over a workflow that has no errors."""
    reports: list[Report] = []
    for rewrite in OPTIMIZERS:
        if only in (None, rewrite.__name__):
            workflow, found = rewrite(workflow)
            reports += found
    return workflow, tuple(reports)
