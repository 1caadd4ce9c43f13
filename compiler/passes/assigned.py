"""Which fields are surely set where: the data flow behind `check_assignment`.

A node sees what its taken predecessors saw and wrote. For a node J below its dominator D, what is surely set
is worked out backwards over the nodes X between the two:

    surely(X)   J runs whenever X runs
    gain(X)     set in J whenever X runs, J or not
    given(X)    set in J whenever X runs and some path from X to J is taken

Over the alternatives of X all must agree (and); over the targets of one alternative any will do (or), for
they are taken together. What is set in J is given(D). Edges that go back are left out: they only add writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.ir.graph import Edge
from compiler.ir.names import END, ERROR_FIELD, START, FieldName, NodeId
from compiler.ir.nodes import WorkflowBody
from compiler.ir.uses import Read
from compiler.passes.alternatives import Alternative
from compiler.passes.analysis import Analysis
from compiler.passes.trial import find_common
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """A read of a field that may be unset there."""

    node: NodeId
    read: Read


class Assigned:
    """The fields surely set before each node of a workflow with a sound graph, and what is missing.

    A field found missing counts as set from there on, so that one cause is found once on each path.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._children: dict[str, Assigned | None] = {}
        names = [*analysis.fields, ERROR_FIELD]
        self._bit = {name: 1 << i for i, name in enumerate(names)}
        self._before: dict[NodeId, int] = {START: self._start()}
        self._certain = {START: 0, END: 0, **dict(self._certain_writes())}
        self._root: dict[NodeId, NodeId] = {START: START}
        self.missing = tuple(self._walk())

    def is_set(self, node: NodeId, field: FieldName) -> bool:
        """Whether the field is surely set when the node starts; for END, when the run ends."""
        return bool(self._before.get(node, 0) & self._bit[field])

    def is_surely_written(self, node: NodeId, field: FieldName) -> bool:
        """Whether a run of the node that does not fail always sets the field."""
        return bool(self._certain[node] & self._bit[field])

    def written_on(self, node: NodeId, alternative: Alternative) -> int:
        """The fields that the node sets for certain when it takes the alternative, a bit each."""
        mask = self._certain[node] if alternative.has_written else 0
        return mask | self._bit[ERROR_FIELD] if alternative.has_error else mask

    def bit_of(self, field: FieldName) -> int:
        """The bit of a field in `written_on`."""
        return self._bit[field]

    def _start(self) -> int:
        fields = self._analysis.fields.values()
        return sum(self._bit[f.name] for f in fields if f.has_value)

    def _certain_writes(self) -> Iterator[tuple[NodeId, int]]:
        for node, writes in self._analysis.writes.items():
            mask = 0
            for write in writes:
                if write.is_certain and self._is_given(node, write.field):
                    mask |= self._bit.get(write.field, 0)
            yield node, mask

    def _is_given(self, node: NodeId, field: FieldName) -> bool:
        """Whether a sub-workflow surely sets the field of its own that fills this one."""
        body = self._analysis.nodes[node].body
        if not isinstance(body, WorkflowBody) or self._analysis.nodes[node].foreach is not None:
            return True
        inner = self._inside(body.child)
        sources = [child for parent, child in body.results if parent == field]
        return inner is None or all(inner.is_set(END, child) for child in sources)

    def _inside(self, key: str) -> Assigned | None:
        """The same facts of a sub-workflow; None when its graph is not sound."""
        if key not in self._children:
            child = self._analysis.children.get(key)
            sound = child is not None and child.is_sound
            self._children[key] = Assigned(child) if child is not None and sound else None
        return self._children[key]

    def _walk(self) -> Iterator[Missing]:
        analysis = self._analysis
        for node in analysis.order:
            if node != START:
                self._before[node] = self._enter(node)
            yield from self._missing(node, self._reads(node), 0)
            yield from self._missing(node, analysis.exit_reads.get(node, ()), self._certain[node])

    def _reads(self, node: NodeId) -> list[Read]:
        """What the node reads, and the agents off the flow that it calls: they see the same state."""
        analysis = self._analysis
        found = [*analysis.reads.get(node, ())]
        for called in analysis.called_from.get(node, ()):
            found += analysis.reads[called]
        return found

    def _missing(self, node: NodeId, reads: Sequence[Read], written: int) -> Iterator[Missing]:
        for read in reads:
            bit = self._bit.get(read.field)
            if bit is not None and not (self._before[node] | written) & bit:
                self._before[node] |= bit
                yield Missing(node, read)

    def _enter(self, node: NodeId) -> int:
        edges = self._analysis.forward_into[node]
        root = self._common_root(edges)
        if root is not None:
            self._root[node] = root
            mask = 0
            for edge in edges:
                (only,) = self._analysis.alternatives[edge.source]
                mask |= self._before[edge.source] | self.written_on(edge.source, only)
            return mask
        self._root[node] = node
        between = _Between(self._analysis, self, node)
        given = between.given()
        wanted = (*self._reads(node), *self._analysis.exit_reads.get(node, ()))
        if any(self._bit.get(read.field, 0) & ~given for read in wanted):
            tried = find_common(self._analysis, between.nodes, node, self.after)
            given = given if tried is None else given | tried
        return given

    def _common_root(self, edges: tuple[Edge, ...]) -> NodeId | None:
        """The node whose run brings about the runs of all sources; None when a choice lies between."""
        if len(edges) == 1:
            source = edges[0].source
            return self._root[source] if len(self._analysis.alternatives[source]) == 1 else None
        roots = {self._root[edge.source] for edge in edges}
        if len(roots) != 1:
            return None
        if any(len(self._analysis.alternatives[edge.source]) != 1 for edge in edges):
            return None
        return roots.pop()

    def after(self, node: NodeId, alternative: Alternative) -> int:
        """What is surely set when the node has taken the alternative, a bit per field."""
        return self._before[node] | self.written_on(node, alternative)


class _Between:
    """The part of the graph between a node and its dominator; see the module's words."""

    def __init__(self, analysis: Analysis, assigned: Assigned, below: NodeId) -> None:
        self._analysis = analysis
        self._assigned = assigned
        self._below = below
        self._above = analysis.graph.dominator[below]
        self.nodes = self._inside()
        self._surely: dict[NodeId, bool] = {}
        self._gain: dict[NodeId, int] = {}
        self._given: dict[NodeId, int] = {}

    def given(self) -> int:
        """What is surely set in the node below whenever it runs."""
        for node in reversed(self.nodes):
            self._visit(node)
        return self._given[self._above]

    def _inside(self) -> list[NodeId]:
        """The nodes between, the dominator first, in topological order."""
        seen = {self._above}
        stack = [self._below]
        while stack:
            for edge in self._analysis.forward_into[stack.pop()]:
                if edge.source not in seen:
                    seen.add(edge.source)
                    stack.append(edge.source)
        return sorted(seen, key=self._analysis.rank.__getitem__)

    def _visit(self, node: NodeId) -> None:
        surely, gain, given = True, -1, -1
        for alternative in self._analysis.alternatives[node]:
            inside = [t for t in alternative.targets if self._leads_on(node, t)]
            if not inside:
                is_known = not surely and gain == 0
                if not is_known and not self._analysis.comes_again(node, alternative, self._below):
                    surely, gain = False, 0
                continue
            after = self._assigned.after(node, alternative)
            reaches = any(t == self._below or self._surely[t] for t in inside)
            gained, common = 0, -1
            for target in inside:
                gained |= self._gain.get(target, 0)
                common &= self._given.get(target, 0)
            surely = surely and reaches
            gain &= gained | (after if reaches else 0)
            given &= gained | after | common
        self._surely[node] = surely
        self._gain[node] = given if surely else gain
        self._given[node] = given

    def _leads_on(self, node: NodeId, target: NodeId) -> bool:
        if target != self._below and target not in self._given:
            return False
        return not self._analysis.goes_back(node, target)
