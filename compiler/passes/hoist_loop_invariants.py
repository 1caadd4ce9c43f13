"""Do work that no round of a loop can change in the first round only.

    START -> draft -> rate -> draft (max 5)      rate reads the topic, which no node of the loop writes

The node stays where it is, with its events, its checkpoint and its part in `max_steps`; its call is not made
again, since the state holds the result already. That is so in each round after one in which it ran:

- it is repeatable (`passes/pure.py`) and takes part in every round that is followed by another one;
- no node of the loop writes what it reads, `when` included, and no other one writes what it writes;
- what it writes replaces what was there, so that writing the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.loops import Loop
from compiler.ir.names import ERROR_FIELD, FieldName, NodeId
from compiler.ir.nodes import Node
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.pure import is_repeatable, is_work
from compiler.passes.report import Report
from compiler.passes.words import join_names
from compiler.record import replace


def hoist_loop_invariants(analysis: Analysis) -> tuple[Workflow, tuple[Report, ...]]:
    """Return the workflow with the loops that each node's work is settled in."""
    workflow = analysis.workflow
    if workflow.is_strict or not analysis.is_sound or not analysis.loops.loops:
        return workflow, ()
    loops = _Loops(analysis)
    nodes: list[Node] = []
    reports: list[Report] = []
    for node in workflow.nodes:
        settled = tuple(loops.settling(node)) if node.id in analysis.loops.innermost else ()
        if settled == node.settled_in:
            nodes.append(node)
            continue
        nodes.append(replace(node, settled_in=settled))
        text = f"`{node.id}` does its work in the first round of the loop of {join_names(settled)} only"
        reports.append(Report(f"{text}: nothing it reads changes there", (node.id,)))
    return (replace(workflow, nodes=tuple(nodes)), tuple(reports)) if reports else (workflow, ())


class _Loops:
    """What the loops of one workflow write, and which nodes surely take part in their rounds."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._writers: dict[NodeId, dict[FieldName, set[NodeId]]] = {}
        self._sure: dict[NodeId, frozenset[NodeId]] = {}

    def settling(self, node: Node) -> Iterator[NodeId]:
        """Yield the headers of the loops, innermost first, none of whose rounds changes what the node gives."""
        analysis = self._analysis
        if not is_work(node) or not is_repeatable(analysis.workflow, node):
            return
        reads = {read.field for read in analysis.reads[node.id]}
        writes = {write.field for write in analysis.writes[node.id]}
        if any(analysis.fields[field].merge != "replace" for field in writes):
            return
        for header in analysis.loops.enclosing(node.id):
            loop = analysis.loops.loops[header]
            writers = self._written_in(loop)
            if reads & writers.keys() or any(writers[field] != {node.id} for field in writes):
                return
            if not self._takes_part(loop, node.id):
                return
            yield header

    def _written_in(self, loop: Loop) -> dict[FieldName, set[NodeId]]:
        found = self._writers.get(loop.header)
        if found is None:
            found = self._writers[loop.header] = {ERROR_FIELD: {loop.header}}
            for node in loop.body:
                for write in self._analysis.writes[node]:
                    found.setdefault(write.field, set()).add(node)
        return found

    def _takes_part(self, loop: Loop, node: NodeId) -> bool:
        """Whether the node runs in every round that goes back: on all ways there, or on a branch always taken."""
        if all(self._analysis.graph.dominates(node, edge.source) for edge in loop.back):
            return True
        if loop.header not in self._sure:
            self._sure[loop.header] = self._surely_run(loop)
        return node in self._sure[loop.header]

    def _surely_run(self, loop: Loop) -> frozenset[NodeId]:
        seen = {loop.header}
        stack = [loop.header]
        while stack:
            ways = self._analysis.alternatives[stack.pop()]
            for target in ways[0].targets if len(ways) == 1 else ():
                if target in loop.body and target not in seen:
                    seen.add(target)
                    stack.append(target)
        return frozenset(seen)
