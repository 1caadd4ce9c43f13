"""Report outputs that nobody can ever see: overwritten on every way on before anything reads them.

START -> a -> b -> END
a: writes x, y
b: writes x          AC519 at the `x` of `a`; `y` is part of the final state
"""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.sink import Sink
from compiler.ir.names import END, FieldName, NodeId
from compiler.ir.uses import Read, Write
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis


def check_outputs(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC519, for fields that a write replaces."""
    kept = {name for name, field in analysis.fields.items() if field.merge == "replace"}
    repeated = _written_twice(analysis) & kept
    if not repeated:
        return analysis.workflow
    live = _Liveness(analysis, repeated)
    for node, writes in analysis.writes.items():
        for write in writes:
            if (
                write.field in repeated
                and node in analysis.rank
                and not live.is_seen(node, write.field)
            ):
                _report(analysis, node, write, sink)
    return analysis.workflow


def _written_twice(analysis: Analysis) -> set[FieldName]:
    once: set[FieldName] = set()
    twice: set[FieldName] = set()
    for writes in analysis.writes.values():
        for write in writes:
            (twice if write.field in once else once).add(write.field)
    return twice


class _Liveness:
    """Which fields some later node may read, worked out backwards until nothing changes."""

    def __init__(self, analysis: Analysis, fields: set[FieldName]) -> None:
        self._analysis = analysis
        self._bit = {name: 1 << i for i, name in enumerate(sorted(fields))}
        self._before: dict[NodeId, int] = {END: sum(self._bit.values())}
        self._read_after = {
            node: self._mask(reads) for node, reads in analysis.exit_reads.items() if reads
        }
        self._reads = {node: self._reads_of(node) for node in analysis.order}
        self._kills = {node: self._kills_of(node) for node in analysis.order}
        self._failed = {node: self._targets_of_failure(node) for node in analysis.order}
        changed = True
        while changed:
            changed = False
            for node in reversed(analysis.order):
                if node == END:
                    continue
                mask = self._visit(node)
                changed = changed or mask != self._before.get(node, 0)
                self._before[node] = mask

    def is_seen(self, node: NodeId, field: FieldName) -> bool:
        """Whether the field may be read after the node, the conditions of its exit and memory included."""
        return bool(self._after(node) & self._bit[field])

    def _after(self, node: NodeId) -> int:
        mask = self._read_after.get(node, 0)
        for target in self._analysis.graph.successors(node):
            mask |= self._before.get(target, 0)
        return mask

    def _visit(self, node: NodeId) -> int:
        """A field overwritten by the node is not seen before it, but after a failure nothing is overwritten."""
        mask = self._after(node) & ~self._kills[node] | self._reads[node]
        for target in self._failed[node]:
            mask |= self._before.get(target, 0)
        return mask

    def _targets_of_failure(self, node: NodeId) -> tuple[NodeId, ...]:
        alternatives = self._analysis.alternatives[node]
        return tuple([t for each in alternatives if not each.has_written for t in each.targets])

    def _reads_of(self, node: NodeId) -> int:
        mask = self._mask(self._analysis.reads.get(node, ()))
        for called in self._analysis.called_from.get(node, ()):
            mask |= self._mask(self._analysis.reads.get(called, ()))
        return mask

    def _kills_of(self, node: NodeId) -> int:
        return self._mask([w for w in self._analysis.writes.get(node, ()) if w.is_certain])

    def _mask(self, uses: Iterable[Read | Write]) -> int:
        mask = 0
        for each in uses:
            mask |= self._bit.get(each.field, 0)
        return mask


def _report(analysis: Analysis, node: NodeId, write: Write, sink: Sink) -> None:
    over = next(
        (
            (other, each)
            for other in analysis.order
            for each in analysis.writes.get(other, ())
            if each.field == write.field and analysis.rank[other] > analysis.rank[node]
        ),
        None,
    )
    sink.report(
        "AC519",
        write.span,
        f"what `{node}` writes to `{write.field}` is overwritten before anything reads it",
        label="never read",
        related=(Label(over[1].span, f"`{over[0]}` overwrites it"),) if over is not None else (),
        help=f"write to another field, or take `{write.field}` out of the outputs of `{node}`",
    )
