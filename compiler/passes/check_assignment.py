"""Report reads of fields that may be unset, over all paths.

START -> a
a: if state.ok -> b, else -> c
b: writes x
c: reads x                     AC508: unset on START -> a -> c
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.ir.names import END, ERROR_FIELD, START, FieldName, NodeId
from compiler.ir.nodes import WorkflowBody
from compiler.ir.uses import Write
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.assigned import Assigned, Missing
from compiler.passes.components import find_path
from compiler.passes.starved import Starved, find_starved
from compiler.passes.words import join_names, show_path


def check_assignment(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC503 and AC508: a field that nothing writes once, others where each path first reads them."""
    assigned = Assigned(analysis)
    reads = assigned.missing
    unwritten: dict[FieldName, list[Missing]] = {}
    for starved in find_starved(analysis, reads):
        _report_starved(starved, sink)
        reads = tuple(each for each in reads if each not in starved.reads)
    for missing in reads:
        field = missing.read.field
        writers = [*_writers(analysis, field)]
        if field == ERROR_FIELD:
            _report_error(analysis, missing, sink)
        elif writers:
            _report_unset(analysis, assigned, missing, writers, sink)
        else:
            unwritten.setdefault(field, []).append(missing)
    for field, found in unwritten.items():
        _report_unwritten(field, found, sink)
    return analysis.workflow


def _writers(analysis: Analysis, field: FieldName) -> Iterator[tuple[NodeId, Write]]:
    for node, writes in analysis.writes.items():
        if node in analysis.graph.reachable:
            yield from ((node, write) for write in writes if write.field == field)


def _report_starved(starved: Starved, sink: Sink) -> None:
    one, other = starved.reads
    node = one.node
    sink.report(
        "AC503",
        one.read.span,
        f"`{node}` reads `{one.read.field}` and `{other.read.field}`, but no run sets both",
        label=f"needs `{one.read.field}` and `{other.read.field}`",
        related=[
            Label(write.span, f"a run that gets to `{writer}` never gets to the other")
            for writer, write in starved.writers
        ],
        help=f"let `{starved.writers[0][0]}` and `{starved.writers[1][0]}` run both, as `[…]` in an"
        f" edge, or give `{one.read.field}` and `{other.read.field}` defaults",
    )


def _report_unset(
    analysis: Analysis,
    assigned: Assigned,
    missing: Missing,
    writers: list[tuple[NodeId, Write]],
    sink: Sink,
) -> None:
    field, reader = missing.read.field, missing.node
    path = _unset_path(analysis, assigned, field, reader)
    notes = [f"unset on the path {show_path(path)}"] if path else []
    related = [
        Label(write.span, _why_not(analysis, assigned, node, missing, path))
        for node, write in writers[:2]
    ]
    if len(writers) > 2:
        notes.append(f"it is also written by {join_names(node for node, _ in writers[2:])}")
    sink.report(
        "AC508",
        missing.read.span,
        f"`{field}` may be unset when {_reads(analysis, reader, field)}",
        label="read here",
        related=related,
        notes=notes,
        help=f"give `{field}` a `default`, make it `required`, or write it on that path as well",
    )


def _reads(analysis: Analysis, reader: NodeId, field: FieldName) -> str:
    own = {read.field for read in analysis.reads.get(reader, ())}
    return f"`{reader}` reads it" if field in own else f"the edges from `{reader}` read it"


def _why_not(
    analysis: Analysis,
    assigned: Assigned,
    writer: NodeId,
    missing: Missing,
    path: tuple[NodeId, ...],
) -> str:
    """Say in a few words why this write does not help the reader."""
    node = analysis.nodes[writer]
    if writer == missing.node:
        return f"`{writer}` writes it only after reading it"
    if not assigned.is_surely_written(writer, missing.read.field):
        if node.when is not None:
            return f"`{writer}` writes it only if its `when` holds"
        if isinstance(node.body, WorkflowBody) and not node.on_error:
            return f"`{node.body.child}` does not always set what `{writer}` writes"
        return f"`{writer}` does not write it when it fails"
    if not _comes_before(analysis, writer, missing.node):
        return f"`{writer}` writes it, but does not come before `{missing.node}`"
    if writer in path:
        return f"`{writer}` does not write it when it fails or hands over"
    return f"`{writer}` writes it, but not on every path"


def _comes_before(analysis: Analysis, first: NodeId, second: NodeId) -> bool:
    def onward(node: NodeId) -> Iterator[NodeId]:
        targets = analysis.graph.successors(node)
        return (target for target in targets if not analysis.goes_back(node, target))

    return find_path(first, second, onward) is not None


def _unset_path(
    analysis: Analysis, assigned: Assigned, field: FieldName, reader: NodeId
) -> tuple[NodeId, ...]:
    """Find a shortest path from START to the reader on which nothing surely writes the field."""
    bit = assigned.bit_of(field)

    def unset_after(node: NodeId) -> Iterator[NodeId]:
        for alternative in analysis.alternatives[node]:
            if not assigned.written_on(node, alternative) & bit:
                yield from alternative.targets

    if reader == START:
        return ()
    return find_path(START, reader, unset_after) or ()


def _report_unwritten(field: FieldName, reads: list[Missing], sink: Sink) -> None:
    first, *rest = sorted(reads, key=lambda each: each.read.span.start)
    sink.report(
        "AC508",
        first.read.span,
        f"`{field}` is read, but nothing writes it",
        label="unset here",
        related=[Label(each.read.span, "and here") for each in rest[:2]],
        help=f"make `{field}` an input with `required: true`, give it a `default`, or let a node"
        " before this one list it in its `outputs`",
    )


def _report_error(analysis: Analysis, missing: Missing, sink: Sink) -> None:
    handled = any(
        handler.target is not None for node in analysis.workflow.nodes for handler in node.on_error
    )
    others = "other paths lead here too" if handled else "no node has such a handler"
    sink.report(
        "AC508",
        missing.read.span,
        "`error` can only be read on the way from an `on_error: {goto: …}`",
        label=others,
        help=(
            f"let `{missing.node}` be reached from the handler only"
            if handled and missing.node != END
            else f"add `on_error: {{goto: {missing.node}}}` to the node that may fail"
        ),
    )
