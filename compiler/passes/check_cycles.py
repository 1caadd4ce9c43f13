"""Report cycles that nothing stops, cycles with two entries, and bounds that bound nothing.

draft -> review
review: else -> draft          AC505: draft -> review -> draft, help: `max_iterations: 3`
START -> [a, b], a -> b -> a   AC506: entered at `a` and at `b`
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.ir.exits import Case, Choice
from compiler.ir.graph import Edge
from compiler.ir.loops import Loop
from compiler.ir.names import START, NodeId
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.components import find_components, find_path
from compiler.passes.words import join_names, show_path
from compiler.record import dataclass

_EXAMPLE_BOUND = 3
_EXAMPLE_STEPS = 100


def check_cycles(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC505, AC506 and AC516."""
    _report_two_entries(analysis, sink)
    if analysis.workflow.config.execution.max_steps is None:
        for loop in analysis.loops.loops.values():
            if loop.bound is None and loop.header in analysis.graph.live:
                _report_unbounded(analysis, loop, sink)
    if not analysis.loops.irreducible:
        _report_idle_bounds(analysis, sink)
    return analysis.workflow


@dataclass(frozen=True, slots=True)
class _Cycle:
    path: tuple[NodeId, ...]
    place: Edge | None
    """The edge on it that a bound belongs on; None when all its edges are unconditional."""


def _report_unbounded(analysis: Analysis, loop: Loop, sink: Sink) -> None:
    cycle = _unbounded_cycle(analysis, loop)
    case = _case_of(analysis, cycle.place)
    if cycle.place is None or case is None:
        sink.report(
            "AC505",
            analysis.span_of(loop.header),
            f"the cycle {show_path(cycle.path)} has no bound",
            label="it starts here",
            help=f"set `config.execution.max_steps: {_EXAMPLE_STEPS}`, or go back through `routes`"
            f" with `max_iterations: {_EXAMPLE_BOUND}`",
        )
        return
    fix = f"max_iterations: {_EXAMPLE_BOUND}"
    if case.condition is None:
        fix += f", on_exhausted: {_way_out(analysis, loop, cycle.place.source)}"
    sink.report(
        "AC505",
        cycle.place.span,
        f"the cycle {show_path(cycle.path)} has no bound",
        label="this route goes round",
        related=(Label(analysis.span_of(loop.header), "the cycle starts here"),),
        help=f"add `{fix}` to the route from `{cycle.place.source}` to `{cycle.place.target}`",
    )


def _unbounded_cycle(analysis: Analysis, loop: Loop) -> _Cycle:
    """Find a shortest way round that avoids the bounds of the loop, and the route to bound on it."""
    graph, owner = analysis.graph, analysis.loops.owner

    def edges(node: NodeId) -> Iterator[Edge]:
        for edge in graph.out[node]:
            if edge.target not in loop.body:
                continue
            if edge.bound is None or owner(node, edge.target) != loop.header:
                yield edge

    path = find_path(loop.header, loop.header, lambda node: (e.target for e in edges(node)))
    assert path is not None, "a loop without a bound has a way round"
    on_it = [e for source, target in pairwise(path) for e in edges(source) if e.target == target]
    places = [edge for edge in on_it if _is_route(analysis, edge, loop)]
    return _Cycle(path, places[-1] if places else None)


def _is_route(analysis: Analysis, edge: Edge, loop: Loop) -> bool:
    """Whether a bound on the edge would stop this loop."""
    owner = analysis.loops.owner(edge.source, edge.target)
    return owner == loop.header and _case_of(analysis, edge) is not None


def _case_of(analysis: Analysis, edge: Edge | None) -> Case | None:
    if edge is None:
        return None
    exit = analysis.exit_of(edge.source)
    cases = exit.cases if isinstance(exit, Choice) else ()
    return next((case for case in cases if case.target == edge.target and case.bound is None), None)


def _way_out(analysis: Analysis, loop: Loop, source: NodeId) -> NodeId:
    """A node outside of the loop, best one that `source` leads to anyway."""
    exits = sorted(loop.exits, key=lambda edge: edge.source != source)
    return exits[0].target


def _report_two_entries(analysis: Analysis, sink: Sink) -> None:
    graph = analysis.graph
    reported: set[NodeId] = set()
    for edge in analysis.loops.irreducible:
        if edge.source in reported or edge.target in reported:
            continue
        component = _entangled(analysis, edge)
        reported.update(component)
        entries = sorted(
            (
                min(outside, key=lambda each: (each.span.start, each.span.end))
                for node in component
                if (outside := [e for e in graph.into[node] if _enters(analysis, e, component)])
            ),
            key=lambda each: (each.span.start, each.span.end),
        )
        names = [each.target for each in entries]
        cycle = _cycle_within(analysis, component, names[0])
        sink.report(
            "AC506",
            entries[0].span,
            f"the cycle {show_path(cycle)} is entered at {join_names(names)}",
            label=f"enters at `{names[0]}`",
            related=[Label(e.span, f"enters at `{e.target}`") for e in entries[1:3]],
            help=f"let a loop have one entry: lead every edge from outside to `{names[0]}`",
        )


def _cycle_within(
    analysis: Analysis, component: frozenset[NodeId], start: NodeId
) -> tuple[NodeId, ...]:
    def inside(node: NodeId) -> Iterator[NodeId]:
        return (each for each in analysis.graph.successors(node) if each in component)

    return find_path(start, start, inside) or ()


def _enters(analysis: Analysis, edge: Edge, component: frozenset[NodeId]) -> bool:
    return edge.source in analysis.graph.reachable and edge.source not in component


def _entangled(analysis: Analysis, edge: Edge) -> frozenset[NodeId]:
    """The nodes that go round with an edge, below the node that dominates both its ends."""
    graph = analysis.graph
    above = edge.source
    while above == edge.source or not (
        graph.dominates(above, edge.source) and graph.dominates(above, edge.target)
    ):
        above = graph.dominator[above]
    below = {n: None for n in analysis.order if n != above and graph.dominates(above, n)}
    for component in find_components(below, graph.successors):
        if edge.source in component:
            return frozenset(component)
    raise AssertionError("each node is in one component")


def _report_idle_bounds(analysis: Analysis, sink: Sink) -> None:
    for source in (START, *analysis.nodes):
        if source not in analysis.graph.reachable:
            continue
        exit = analysis.exit_of(source)
        if not isinstance(exit, Choice):
            continue
        for case in exit.cases:
            if case.bound is None or analysis.loops.owner(source, case.target) is not None:
                continue
            word = "loop" if exit.is_loop else "route"
            sink.report(
                "AC516",
                case.span,
                f"the {word} from `{source}` to `{case.target}` does not go back, so its"
                " `max_iterations` bounds nothing",
                label="leads on, not back",
                help=(
                    f"lead the loop back with `to: …`, naming a node that comes before `{source}`"
                    if exit.is_loop
                    else "delete `max_iterations`"
                ),
            )
