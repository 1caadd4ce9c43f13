"""Rewrites that a user cannot observe except as time saved; they run at `-O1` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from compiler.ir.names import FieldName
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.drop_dead_nodes import drop_dead_nodes
from compiler.passes.fold_constants import fold_constants, given_values
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
    workflow: Workflow,
    rewrites: tuple[Optimizer, ...] = OPTIMIZERS,
    given: Mapping[FieldName, object] = MappingProxyType({}),
) -> tuple[Workflow, tuple[Report, ...]]:
    """Rewrite a workflow that has no errors, then its sub-workflows, and say what was done and why.

    `given` are values of fields of a sub-workflow that are the same in each of its runs.
    """
    reports: list[Report] = []
    analysis = Analysis(workflow, given=given)
    for rewrite in rewrites:
        rewritten, done = rewrite(analysis)
        reports += (replace(each, rewrite=rewrite.__name__) for each in done)
        if rewritten is not analysis.workflow:
            analysis = Analysis(rewritten, given=given)
    workflow = analysis.workflow
    children = []
    for child in workflow.children:
        inner, done = optimize(child.workflow, rewrites, given_values(workflow, child))
        children.append(child if inner is child.workflow else replace(child, workflow=inner))
        for each in done:
            path = f"{child.key}/{each.child}" if each.child else child.key
            reports.append(replace(each, child=path))
    if any(new is not old for new, old in zip(children, workflow.children, strict=True)):
        workflow = replace(workflow, children=tuple(children))
    return workflow, tuple(reports)
