"""The passes in order, each with the reason of its place, and the loop that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from compiler.diagnostics.diagnostic import Severity
from compiler.diagnostics.sink import Sink
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.check_assignment import check_assignment
from compiler.passes.check_branches import check_branches
from compiler.passes.check_called import check_called
from compiler.passes.check_cost import check_cost
from compiler.passes.check_cycles import check_cycles
from compiler.passes.check_outputs import check_outputs
from compiler.passes.check_permissions import check_permissions
from compiler.passes.check_races import check_races
from compiler.passes.check_reachability import check_reachability
from compiler.passes.check_routes import check_routes
from compiler.passes.check_unused import check_unused
from compiler.record import dataclass

Needs = Literal["nodes", "edges", "uses", "flow", "all"]
"""What must be right for a pass to say something true; each holds what those before it hold.

nodes: nothing more than the nodes that are there, looked at one by one.
edges: every node and edge of the file made it into the workflow.
uses: so did every read and write.
flow: the graph passes found no error.
all: nothing was found to be wrong at all.
"""

_LOSE_EDGES = ("AC1", "AC2", "AC5", "AC301", "AC306", "AC307", "AC318")
"""Codes, or families, of earlier errors after which nodes or edges may be missing."""

_MENDED = frozenset({"AC201", "AC301"})
"""Codes of errors that earlier stages read as what was meant, where that is certain."""

_KEEP_USES = frozenset({"AC407", "AC601", "AC605", "AC611", "AC706", "AC707"})
"""Codes of earlier errors after which all reads and writes are still there."""

_BREAK_FLOW = frozenset({"AC501", "AC502", "AC506", "AC507"})


@dataclass(frozen=True, slots=True)
class Pass:
    """One entry of the pipeline."""

    run: Callable[[Analysis, Sink], Workflow]
    needs: Needs
    reason: str


PASSES: tuple[Pass, ...] = (
    Pass(check_reachability, "edges", "all that follows speaks of nodes between START and END"),
    Pass(check_cycles, "edges", "loops must have one entry before anything can be said of them"),
    Pass(check_branches, "edges", "regions inside loops are only sound if branches meet in them"),
    Pass(
        check_routes,
        "nodes",
        "looks at each choice alone; here so that reports go from coarse to fine",
    ),
    Pass(check_races, "flow", "what nodes see is only defined when no two write one place at once"),
    Pass(
        check_assignment, "flow", "follows values through joins and loops, which are sound by now"
    ),
    Pass(check_outputs, "flow", "needs the same order of reads and writes"),
    Pass(check_called, "edges", "needs to know which nodes the flow reaches"),
    Pass(check_permissions, "nodes", "looks at each node alone"),
    Pass(check_cost, "all", "an estimate of a workflow that cannot be built would be noise"),
    Pass(check_unused, "uses", "what a broken part would have used is not unused"),
)


def run_passes(workflow: Workflow, sink: Sink) -> Workflow:
    """Run all passes over a workflow and its sub-workflows, reporting to `sink`.

    The workflow may have holes where earlier stages reported errors; passes that such holes would mislead are
    left out then.
    """
    earlier = frozenset(_error_codes(sink, but=_MENDED))
    return _run(Analysis(workflow), earlier, sink)


def _run(analysis: Analysis, earlier: frozenset[str], sink: Sink) -> Workflow:
    for child in analysis.children.values():
        _run(child, earlier, sink)
    found = Sink()
    for each in PASSES:
        if each.needs == "all" and sink.has_errors:
            continue
        if _can_run(each.needs, earlier, frozenset(_error_codes(found))):
            result = each.run(analysis, found)
            if result is not analysis.workflow:
                analysis = Analysis(result, analysis.asked_for)
    for diagnostic in found.diagnostics:
        sink.add(diagnostic)
    return analysis.workflow


def _error_codes(sink: Sink, but: frozenset[str] = frozenset()) -> Iterator[str]:
    """The codes of errors; those in `but` do not count where their fix is certain."""
    for each in sink.diagnostics:
        if each.severity is Severity.ERROR and not (each.fix and each.code in but):
            yield each.code


def _can_run(needs: Needs, earlier: frozenset[str], own: frozenset[str]) -> bool:
    match needs:
        case "nodes":
            return True
        case "edges":
            return not any(code.startswith(_LOSE_EDGES) for code in earlier)
        case "uses":
            return earlier <= _KEEP_USES
        case "flow":
            return earlier <= _KEEP_USES and not own & _BREAK_FLOW
        case "all":
            return not earlier and not own
