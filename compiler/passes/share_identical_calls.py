"""Make a call once that two nodes make with the same words, settings and values.

    first: asks `rate` about {state.draft}, writes a       first: the same
    …                                                      …
    again: asks `rate` about {state.draft}, writes b       again: set b = state.a

The second node stays where it is and keeps its events, its checkpoint and its `when`; it takes what the first
one has written instead of asking again. The first one must have run whenever the second one does, and nothing
between the two may write what they read or what is taken over; of two branches of a fork that meet again at once,
the second one waits for the first one. Only repeatable work is shared (`passes/pure.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.expr.ast import StateField
from compiler.ir.exits import Arrow, Exit, Goto
from compiler.ir.names import ERROR_FIELD, START, FieldName, NodeId
from compiler.ir.nodes import Assignment, CodeBody, LlmBody, Node, Output, Retry, SetBody
from compiler.ir.print_nodes import node_lines
from compiler.ir.regions import canonical_order
from compiler.ir.values import Expression
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.merge_order import merge_order
from compiler.passes.pure import is_repeatable, is_work
from compiler.passes.report import Report
from compiler.record import replace

_Call = tuple[object, ...]


def share_identical_calls(analysis: Analysis) -> tuple[Workflow, tuple[Report, ...]]:
    """Return the workflow with repeated calls replaced by copies of what the first one gave."""
    workflow = analysis.workflow
    if workflow.is_strict or not analysis.is_sound:
        return workflow, ()
    taken: dict[NodeId, Node] = {}
    side_by_side: list[tuple[Node, Node]] = []
    for group in _groups(analysis):
        for i, node in enumerate(group):
            for first in group[:i]:
                is_beside = _are_side_by_side(analysis, first, node)
                if first.id not in taken and (is_beside or _can_take(analysis, first, node)):
                    taken[node.id] = first
                    side_by_side += [(first, node)] if is_beside else []
                    break
    if not taken:
        return workflow, ()
    nodes = tuple(
        _copying(node, taken[node.id]) if node.id in taken else node for node in workflow.nodes
    )
    rewritten = replace(workflow, nodes=nodes)
    for first, node in side_by_side:
        rewritten = _lined_up(analysis, rewritten, first.id, node.id)
    if side_by_side:
        after = Analysis(rewritten)
        order = merge_order(analysis, analysis.nodes)
        if not after.is_sound or merge_order(after, after.nodes) != order:
            return workflow, ()
    reports = (
        Report(
            f"`{again}` takes over what `{first.id}` has found: it would make the same call",
            (first.id, again),
        )
        for again, first in taken.items()
    )
    return rewritten, tuple(reports)


def _groups(analysis: Analysis) -> Iterator[list[Node]]:
    """Yield the nodes that make the same call, in canonical order."""
    found: dict[_Call, list[Node]] = {}
    ids = (id for id in analysis.order if id in analysis.nodes)
    for id in canonical_order(analysis.graph, analysis.loops, ids):
        node = analysis.nodes[id]
        if node.foreach is not None or not is_work(node):
            continue
        if is_repeatable(analysis.workflow, node):
            found.setdefault(_call_of(node), []).append(node)
    yield from (group for group in found.values() if len(group) > 1)


def _call_of(node: Node) -> _Call:
    """Everything that decides what the node gives, as values that can be compared.

    The name of a single output plays no part, except where a model is told of it.
    """
    is_told = isinstance(node.body, LlmBody) and not node.body.ask.is_text
    is_free = len(node.outputs) == 1 and not is_told
    outputs = tuple(
        (each.type, "" if is_free else (each.name, each.description)) for each in node.outputs
    )
    bare = replace(
        node, id=NodeId("node"), exit=Goto(()), when=None, outputs=(), timeout=None, retry=None
    )
    sandbox = node.body.sandbox if isinstance(node.body, CodeBody) else None
    return (*node_lines(bare, Retry(0, 0)), sandbox, outputs)


def _can_take(analysis: Analysis, first: Node, again: Node) -> bool:
    """Whether the state holds the result of `first`, from the same values, whenever `again` runs."""
    if first.when is not None or not analysis.graph.dominates(first.id, again.id):
        return False
    merges = (analysis.fields[FieldName(each.name)].merge for each in first.outputs)
    if any(merge != "replace" for merge in merges):
        return False
    kept = {read.field for read in analysis.reads[first.id]}
    kept |= {FieldName(each.name) for each in first.outputs}
    between = _between(analysis, first.id, again.id)
    written = {write.field for node in between for write in analysis.writes[node]}
    own = {write.field for write in analysis.writes[first.id]}
    reads = {read.field for read in analysis.reads[first.id]}
    return not kept & written and not own & reads and ERROR_FIELD not in reads


def _are_side_by_side(analysis: Analysis, first: Node, again: Node) -> bool:
    """Whether the same fork starts both, and both lead to the same place and nowhere else."""
    graph, loops = analysis.graph, analysis.loops
    if first.when is not None or {first.id, again.id} & loops.loops.keys():
        return False
    sources = graph.predecessors(first.id)
    ways_in = (*graph.into[first.id], *graph.into[again.id])
    ways_out = (*graph.out[first.id], *graph.out[again.id])
    return (
        sources == graph.predecessors(again.id)
        and all(source in graph.reachable for source in sources)
        and all(not edge.is_choice for edge in (*ways_in, *ways_out))
        and all(len(graph.out[id]) == 1 for id in (first.id, again.id))
        and graph.successors(first.id) == graph.successors(again.id)
        and not any(map(loops.is_back, ways_out))
        and _reads_the_same(analysis, first, again)
    )


def _reads_the_same(analysis: Analysis, first: Node, again: Node) -> bool:
    """Whether it changes nothing for `again` to see what `first` has written."""
    written = {write.field for write in analysis.writes[first.id]}
    is_plain = all(analysis.fields[field].merge == "replace" for field in written)
    reads = {read.field for node in (first, again) for read in analysis.reads[node.id]}
    return is_plain and not written & reads and ERROR_FIELD not in reads


def _lined_up(analysis: Analysis, workflow: Workflow, first: NodeId, again: NodeId) -> Workflow:
    """Let `first` lead to `again`, and nothing else."""
    sources = {*analysis.graph.predecessors(first)}
    join = analysis.graph.successors(first)[0]
    arrow = Arrow(again, analysis.nodes[again].span)

    def exit_of(id: NodeId, exit: Exit) -> Exit:
        if not isinstance(exit, Goto):
            return exit
        if id == first:
            return Goto((*(each for each in exit.arrows if each.target != join), arrow))
        if id in sources:
            return Goto(tuple(each for each in exit.arrows if each.target != again))
        return exit

    nodes = tuple(replace(node, exit=exit_of(node.id, node.exit)) for node in workflow.nodes)
    return replace(workflow, entry=exit_of(START, workflow.entry), nodes=nodes)


def _between(analysis: Analysis, first: NodeId, again: NodeId) -> frozenset[NodeId]:
    """The nodes on ways from `first` to `again` that do not pass `first` once more."""
    graph = analysis.graph
    after = _reached(first, {node: graph.successors(node) for node in analysis.order})
    before = _reached(again, {node: graph.predecessors(node) for node in analysis.order}, first)
    return frozenset((after & before & analysis.nodes.keys()) - {first})


def _reached(
    start: NodeId, steps: Mapping[NodeId, tuple[NodeId, ...]], stop: NodeId | None = None
) -> set[NodeId]:
    """The nodes behind `start`; `start` itself only when a cycle leads back to it."""
    stop = start if stop is None else stop
    seen: set[NodeId] = set()
    stack = [start]
    while stack:
        for node in steps.get(stack.pop(), ()):
            if node not in seen and node != stop:
                seen.add(node)
                stack.append(node)
    return seen


def _copying(node: Node, first: Node) -> Node:
    assignments = tuple(
        _copy(output, source) for output, source in zip(node.outputs, first.outputs, strict=True)
    )
    return replace(
        node, body=SetBody(assignments), inputs=(), timeout=None, retry=None, cache_ttl=None
    )


def _copy(output: Output, source: Output) -> Assignment:
    text = f"state.{source.name}"
    value = Expression(text, StateField(source.name, 0, len(text)), source.type, output.span)
    return Assignment(FieldName(output.name), value, output.span)
