"""Rewrites that a user cannot observe except as time saved; they run at `-O1` only."""

from __future__ import annotations

from collections.abc import Callable

from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.drop_dead_nodes import drop_dead_nodes
from compiler.passes.fold_constants import fold_constants
from compiler.passes.hoist_loop_invariants import hoist_loop_invariants
from compiler.passes.parallelize_sequences import parallelize_sequences
from compiler.passes.report import Report
from compiler.passes.share_identical_calls import share_identical_calls
from compiler.record import replace

Optimizer = Callable[[Analysis], tuple[Workflow, tuple[Report, ...]]]

OPTIMIZERS: tuple[Optimizer, ...] = (
    fold_constants,  # first: it shows which routes are never taken
    drop_dead_nodes,  # then: what is dead must not keep others apart
    share_identical_calls,  # before nodes are moved side by side, where none comes before the other
    hoist_loop_invariants,  # what takes over a result reads it, so its reads are right only now
    parallelize_sequences,
)


def optimize(
    workflow: Workflow, rewrites: tuple[Optimizer, ...] = OPTIMIZERS
) -> tuple[Workflow, tuple[Report, ...]]:
    """Rewrite a workflow that has no errors, its sub-workflows first, and say what was done and why."""
    reports: list[Report] = []
    children = []
    for child in workflow.children:
        inner, found = optimize(child.workflow, rewrites)
        children.append(child if inner is child.workflow else replace(child, workflow=inner))
        reports += (
            replace(each, child="/".join(filter(None, (child.key, each.child)))) for each in found
        )
    if reports:
        workflow = replace(workflow, children=tuple(children))
    analysis = Analysis(workflow)
    for rewrite in rewrites:
        rewritten, done = rewrite(analysis)
        reports += (replace(each, rewrite=rewrite.__name__) for each in done)
        if rewritten is not analysis.workflow:
            analysis = Analysis(rewritten)
    return analysis.workflow, tuple(reports)
