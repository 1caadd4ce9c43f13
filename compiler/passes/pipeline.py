"""The passes in order, each with the reason of its place, and the loop that runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from compiler.diagnostics.sink import Sink
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.check_assignment import check_assignment
from compiler.passes.check_branches import check_branches
from compiler.passes.check_cycles import check_cycles
from compiler.passes.check_races import check_races
from compiler.passes.check_reachability import check_reachability

Needs = Literal["parts", "graph", "flow"]
"""What must be right for a pass to say something true:

parts: nothing; it looks at nodes and declarations one by one.
graph: every node and edge of the file made it into the workflow.
flow: the graph is sound as well: the graph passes found no error.
"""

_BREAK_THE_FLOW = frozenset({"AC501", "AC502", "AC506", "AC507"})


@dataclass(frozen=True, slots=True)
class Pass:
    """One entry of the pipeline."""

    run: Callable[[Analysis, Sink], Workflow]
    needs: Needs
    reason: str


PASSES: tuple[Pass, ...] = (
    Pass(check_reachability, "graph", "all that follows speaks of nodes between START and END"),
    Pass(check_cycles, "graph", "loops must have one entry before anything can be said of them"),
    Pass(check_branches, "graph", "regions inside loops are only sound if branches meet in them"),
    Pass(check_races, "flow", "what nodes see is only defined when no two write one place at once"),
    Pass(check_assignment, "flow", "needs joins and loops to mean what they say"),
)


def run_passes(workflow: Workflow, sink: Sink) -> Workflow:
    """Run all passes over a workflow and its sub-workflows, reporting to `sink`.

    The workflow may have holes where earlier stages reported errors; passes that such holes would mislead are
    left out then.
    """
    return _run(workflow, sink, is_partial=sink.has_errors)


def _run(workflow: Workflow, sink: Sink, *, is_partial: bool) -> Workflow:
    for child in workflow.children:
        _run(child.workflow, sink, is_partial=is_partial)
    analysis = Analysis(workflow)
    is_broken = is_partial
    for each in PASSES:
        if each.needs != "parts" and is_partial:
            continue
        if each.needs == "flow" and is_broken:
            continue
        found = Sink()
        result = each.run(analysis, found)
        for diagnostic in found.diagnostics:
            sink.add(diagnostic)
            is_broken = is_broken or diagnostic.code in _BREAK_THE_FLOW
        if result is not analysis.workflow:
            analysis = Analysis(result)
    return analysis.workflow
