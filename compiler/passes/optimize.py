"""Rewrites that a user cannot observe except as time saved; they run at `-O1` only."""

from __future__ import annotations

from collections.abc import Callable

from compiler.ir.workflow import Workflow
from compiler.passes.drop_dead_nodes import drop_dead_nodes
from compiler.passes.parallelize_sequences import parallelize_sequences
from compiler.passes.report import Report

Optimizer = Callable[[Workflow], tuple[Workflow, tuple[Report, ...]]]

OPTIMIZERS: tuple[Optimizer, ...] = (
    drop_dead_nodes,  # first: what is dead must not keep others apart
    parallelize_sequences,
)


def optimize(
    workflow: Workflow, rewrites: tuple[Optimizer, ...] = OPTIMIZERS
) -> tuple[Workflow, tuple[Report, ...]]:
    """Rewrite a workflow that has no errors, and say what was done and why."""
    reports: list[Report] = []
    for rewrite in rewrites:
        workflow, found = rewrite(workflow)
        reports += found
    return workflow, tuple(reports)
