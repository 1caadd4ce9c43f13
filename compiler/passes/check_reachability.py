"""Report nodes that no run gets to, and nodes that no run gets away from.

START -> a -> END
b -> c -> END          AC501 at `b`; `c` is not reported, it follows from `b`
a -> d, d -> e -> d    AC502 at `d`: from `d` and `e` no path leads to END
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.ir.exits import Arrow, Choice
from compiler.ir.names import NodeId
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.components import find_components, find_path
from compiler.passes.words import join_names, show_path


def check_reachability(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC501 once per unreachable part, and AC502 once per trap."""
    _report_unreachable(analysis, sink)
    _report_traps(analysis, sink)
    return analysis.workflow


def _report_unreachable(analysis: Analysis, sink: Sink) -> None:
    graph = analysis.graph
    found = graph.reachable | analysis.called
    lost = {node: None for node in analysis.nodes if node not in found}
    if not lost:
        return
    start = next(_starts(analysis), None)
    for root, followers in _roots(analysis, lost):
        notes = (f"{join_names(followers)} can only be reached from it",) if followers else ()
        sink.report(
            "AC501",
            analysis.span_of(root),
            f"no path from START reaches `{root}`",
            label="never runs",
            related=(Label(start.span, "runs start here"),) if start is not None else (),
            notes=notes,
            help=f"add an edge to it, such as `START -> {root}`, or delete the node",
        )


def _starts(analysis: Analysis) -> Iterator[Arrow]:
    entry = analysis.workflow.entry
    if isinstance(entry, Choice):
        yield from (Arrow(case.target, case.span) for case in entry.cases)
    else:
        yield from entry.arrows


def _roots(
    analysis: Analysis, lost: dict[NodeId, None]
) -> Iterator[tuple[NodeId, tuple[NodeId, ...]]]:
    """Yield the nodes an edge from outside would have to lead to, with the others that would come back too."""
    components = find_components(lost, analysis.graph.successors)
    entered = {
        target
        for node in lost
        for target in analysis.graph.successors(node)
        if target in lost and target != node
    }
    index = analysis.graph.index
    roots = [
        min(component, key=index.__getitem__)
        for component in components
        if not entered & {*component} or not _is_entered(analysis, component, lost)
    ]
    taken: set[NodeId] = set()
    for root in sorted(roots, key=index.__getitem__):
        part = _closure(analysis, root, lost)
        yield root, tuple(sorted(part - taken - {root, *roots}, key=index.__getitem__))
        taken |= part


def _is_entered(analysis: Analysis, component: Iterable[NodeId], lost: dict[NodeId, None]) -> bool:
    inside = {*component}
    return any(
        source in lost and source not in inside
        for node in inside
        for source in analysis.graph.predecessors(node)
    )


def _closure(analysis: Analysis, root: NodeId, within: dict[NodeId, None]) -> set[NodeId]:
    seen = {root}
    stack = [root]
    while stack:
        for target in analysis.graph.successors(stack.pop()):
            if target in within and target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


def _report_traps(analysis: Analysis, sink: Sink) -> None:
    graph = analysis.graph
    stuck = {n: None for n in analysis.nodes if n in graph.reachable and n not in graph.live}
    for component in find_components(stuck, graph.successors):
        inside = {*component}
        if any(target not in inside for node in component for target in graph.successors(node)):
            continue
        node = min(component, key=graph.index.__getitem__)
        cycle = find_path(node, node, graph.successors)
        shown = f": {show_path(cycle)} goes round for ever" if cycle is not None else ""
        others = sorted(inside - {node}, key=graph.index.__getitem__)
        last = cycle[-2] if cycle is not None else node
        sink.report(
            "AC502",
            analysis.span_of(node),
            f"no path leads from `{node}` to END{shown}",
            label="a run that gets here never ends",
            related=[Label(analysis.span_of(each), "nor from here") for each in others[:2]],
            help=f"let `{last}` go on to END as well, through `routes` or `loop`",
        )
