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
from compiler.passes.words import join_names, show_path


def check_assignment(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC508: once for a field that nothing writes, else once where each path first reads it."""
    assigned = Assigned(analysis)
    unwritten: dict[FieldName, list[Missing]] = {}
    for missing in assigned.missing:
        field = missing.read.field
        writers = [*_writers(analysis, field)]
        if field == ERROR_FIELD:
            _report_error(analysis, missing, sink)
        elif writers:
            _report_unset(analysis, assigned, missing, writers, sink)
        else:
            unwritten.setdefault(field, []).append(missing)
    for field, reads in unwritten.items():
        _report_unwritten(field, reads, sink)
    return analysis.workflow


def _writers(analysis: Analysis, field: FieldName) -> Iterator[tuple[NodeId, Write]]:
    for node, writes in analysis.writes.items():
        if node in analysis.graph.reachable:
            yield from ((node, write) for write in writes if write.field == field)


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
        Label(write.span, _why_not(analysis, assigned, node, field, reader))
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
    analysis: Analysis, assigned: Assigned, writer: NodeId, field: FieldName, reader: NodeId
) -> str:
    """Say in a few words why this write does not help the reader."""
    node = analysis.nodes[writer]
    if writer == reader:
        return f"`{writer}` writes it only after reading it"
    if not assigned.is_surely_written(writer, field):
        if node.when is not None:
            return f"`{writer}` writes it only if its `when` holds"
        if isinstance(node.body, WorkflowBody) and not node.on_error:
            return f"`{node.body.child}` does not always set what `{writer}` writes"
        return f"`{writer}` does not write it when it fails"
    if find_path(writer, reader, analysis.graph.successors) is None:
        return f"`{writer}` writes it, but does not come before `{reader}`"
    return f"`{writer}` writes it, but not on every path"


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
