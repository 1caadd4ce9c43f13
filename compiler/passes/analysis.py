"""What the passes know of one workflow, each fact worked out once and only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from compiler.diagnostics.span import Span
from compiler.ir.exits import Exit
from compiler.ir.graph import Edge, Graph
from compiler.ir.loops import LoopForest, find_loops
from compiler.ir.names import END, START, FieldName, NodeId
from compiler.ir.nodes import AgentBody, Node, WorkflowBody
from compiler.ir.regions import Region, find_regions
from compiler.ir.uses import Read, Write, exit_reads, reads, writes
from compiler.ir.workflow import Field, Workflow
from compiler.passes.alternatives import Alternative, find_alternatives


class Analysis:
    """Facts of one workflow; a pass that rewrites the workflow needs a new one.

    Nodes that only other agents call are no part of the flow; no other fact speaks of them than `called`.
    """

    def __init__(
        self,
        workflow: Workflow,
        asked_for: frozenset[FieldName] | None = None,
        given: Mapping[FieldName, object] = MappingProxyType({}),
    ) -> None:
        """Take the workflow, and of a sub-workflow the fields that those calling it ask for.

        `given` are values of fields that are the same in each of its runs.
        """
        self.workflow = workflow
        self.asked_for = asked_for
        self.given = given

    @property
    def is_root(self) -> bool:
        """Whether this is the workflow the user compiles, not one that it calls."""
        return self.asked_for is None

    @cached_property
    def nodes(self) -> Mapping[NodeId, Node]:
        """The nodes by id, in file order."""
        return {node.id: node for node in self.workflow.nodes}

    @cached_property
    def fields(self) -> Mapping[FieldName, Field]:
        """The state fields by name, in file order."""
        return {field.name: field for field in self.workflow.fields}

    @cached_property
    def graph(self) -> Graph:
        """The edges."""
        return Graph.of(self.workflow)

    @cached_property
    def loops(self) -> LoopForest:
        """The natural loops."""
        return find_loops(self.graph)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The parallel regions; ask only when the graph is sound."""
        return find_regions(self.graph, self.loops)

    @cached_property
    def order(self) -> tuple[NodeId, ...]:
        """Reachable nodes, START first, each after all its forward predecessors."""
        return tuple(reversed(self.graph.postorder))

    @cached_property
    def rank(self) -> Mapping[NodeId, int]:
        """The place of each reachable node in `order`."""
        return {node: i for i, node in enumerate(self.order)}

    @cached_property
    def called_from(self) -> Mapping[NodeId, tuple[NodeId, ...]]:
        """The agents off the flow that each agent in it calls, directly or through others."""
        found: dict[NodeId, tuple[NodeId, ...]] = {}
        for node in self.workflow.nodes:
            if isinstance(node.body, AgentBody) and node.id in self.graph.reachable:
                found[node.id] = self._called_by(node.body)
        return found

    def _called_by(self, agent: AgentBody) -> tuple[NodeId, ...]:
        seen: dict[NodeId, None] = {}
        stack = [*reversed(agent.agents)]
        while stack:
            other = stack.pop()
            if other in seen or other in self.graph.reachable or other not in self.nodes:
                continue
            seen[other] = None
            body = self.nodes[other].body
            if isinstance(body, AgentBody):
                stack.extend(reversed(body.agents))
        return tuple(seen)

    @cached_property
    def called(self) -> frozenset[NodeId]:
        """All agents off the flow that some agent in it calls."""
        return frozenset(other for called in self.called_from.values() for other in called)

    @cached_property
    def is_sound(self) -> bool:
        """Whether all nodes lie between START and END and all cycles have one entry.

        Only then do regions and data flow mean anything.
        """
        graph = self.graph
        flow = self.nodes.keys() - self.called
        return flow <= graph.reachable and flow <= graph.live and not self.loops.irreducible

    @cached_property
    def alternatives(self) -> Mapping[NodeId, tuple[Alternative, ...]]:
        """The alternatives of START and of every node; END has none."""
        known = {*self.nodes, END}
        found = {START: find_alternatives(self.workflow.entry, None, known), END: ()}
        for node in self.workflow.nodes:
            found[node.id] = find_alternatives(node.exit, node, known)
        return found

    def goes_back(self, source: NodeId, target: NodeId) -> bool:
        """Whether the edge between the two goes back to the header of a loop around its source."""
        loop = self.loops.loops.get(target)
        return loop is not None and source in loop.body

    def comes_again(self, node: NodeId, alternative: Alternative, below: NodeId) -> bool:
        """Whether a way leads round a loop that `below` is not in: such a loop is left some time."""
        return all(
            self.goes_back(node, target) and below not in self.loops.loops[target].body
            for target in alternative.targets
        )

    @cached_property
    def forward_into(self) -> Mapping[NodeId, tuple[Edge, ...]]:
        """The edges into each reachable node that do not go back, from reachable nodes."""
        graph, loops = self.graph, self.loops.loops
        found = {node: graph.into[node] for node in self.order}
        # Without headers of loops, and where all can be reached, all edges lead forward.
        for node in found if len(graph.reachable) < len(graph.index) else loops:
            found[node] = tuple(
                edge
                for edge in found[node]
                if edge.source in graph.reachable and not self.goes_back(edge.source, node)
            )
        return found

    @cached_property
    def writes(self) -> Mapping[NodeId, tuple[Write, ...]]:
        """What each node writes."""
        return {node.id: writes(node) for node in self.workflow.nodes}

    @cached_property
    def reads(self) -> Mapping[NodeId, tuple[Read, ...]]:
        """What each node reads, the conditions of its exit apart."""
        return {node.id: reads(node) for node in self.workflow.nodes}

    @cached_property
    def exit_reads(self) -> Mapping[NodeId, tuple[Read, ...]]:
        """What the conditions of each exit read, that of START included."""
        found = {START: exit_reads(self.workflow.entry)}
        found.update((node.id, exit_reads(node.exit)) for node in self.workflow.nodes)
        return found

    def exit_of(self, node: NodeId) -> Exit:
        """The exit of a node or of START."""
        return self.workflow.entry if node == START else self.nodes[node].exit

    def span_of(self, node: NodeId) -> Span:
        """Where a node stands; the workflow itself for START and END."""
        found = self.nodes.get(node)
        return self.workflow.span if found is None else found.span

    @cached_property
    def children(self) -> Mapping[str, Analysis]:
        """The analyses of the sub-workflows by key."""
        asked: dict[str, set[FieldName]] = {child.key: set() for child in self.workflow.children}
        for node in self.workflow.nodes:
            if isinstance(node.body, WorkflowBody) and node.body.child in asked:
                asked[node.body.child].update(child for _, child in node.body.results)
        return {
            child.key: Analysis(child.workflow, frozenset(asked[child.key]))
            for child in self.workflow.children
        }
