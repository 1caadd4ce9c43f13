"""How a workflow becomes a LangGraph graph: which nodes stand in it, which regions, which edges.

Outside of parallel regions one node runs at a time, so each becomes a node of the graph with plain or conditional
edges. A region whose branches are single nodes becomes parallel nodes and a joining edge; any other region
becomes one node in the data-flow form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from compiler.ir.exits import Choice
from compiler.ir.graph import Edge, Graph
from compiler.ir.loops import LoopForest, find_loops
from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import Node
from compiler.ir.regions import Region, find_regions
from compiler.ir.uses import writes
from compiler.ir.workflow import Workflow
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """An unconditional edge of the graph; several sources make it a join that waits for all of them."""

    sources: tuple[str, ...]
    target: str


class Wiring:
    """The graph that is generated for a workflow; names of steps are node ids or names of regions."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.graph = Graph.of(workflow)
        self.loops: LoopForest = find_loops(self.graph)
        self.nodes: Mapping[NodeId, Node] = {node.id: node for node in workflow.nodes}
        regions = [(each, self._is_flat(each)) for each in find_regions(self.graph, self.loops)]
        self.flat: tuple[Region, ...] = tuple(each for each, is_flat in regions if is_flat)
        self.flows: tuple[Region, ...] = tuple(each for each, is_flat in regions if not is_flat)

    @cached_property
    def flow_names(self) -> Mapping[Region, str]:
        """The name of each region that becomes one node, such as `plan_to_write`."""
        taken = {node.id for node in self.workflow.nodes}
        names: dict[Region, str] = {}
        for region in self.flows:
            name = f"{region.head.lower()}_to_{region.join.lower()}"
            while name in taken:
                name += "_region"
            taken.add(NodeId(name))
            names[region] = name
        return names

    @cached_property
    def _flow_of(self) -> Mapping[NodeId, str]:
        return {node: self.flow_names[region] for region in self.flows for node in region.nodes}

    @cached_property
    def _flow_after(self) -> Mapping[NodeId, str]:
        return {
            region.head: self.flow_names[region] for region in self.flows if not region.holds_head
        }

    def step(self, node: NodeId) -> str:
        """The step of the graph that a node is in: itself, or its region."""
        return self._flow_of.get(node, node)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The steps of the graph, in canonical order where the file does not say otherwise."""
        found: dict[str, None] = {}
        for node in self.workflow.nodes:
            if node.id in self.graph.reachable:
                found.setdefault(self.step(node.id))
        return tuple(found)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The unconditional edges, START first."""
        return tuple(self._links())

    def _links(self) -> Iterator[Link]:
        flows = {name: region for region, name in self.flow_names.items()}
        joins = {region.head: region for region in self.flat if region.join != END}
        joined = {node for region in joins.values() for node in region.nodes}
        for step in (START, *self.steps):
            if step in flows:
                yield Link((step,), self.step(flows[step].join))
                continue
            source = NodeId(step)
            if source in self._flow_after:
                yield Link((source,), self._flow_after[source])
            elif not self.is_routed(source) and source not in joined:
                join = joins[source].join if source in joins else None
                for edge in self.graph.out[source]:
                    if edge.target != join:
                        yield Link((source,), self.step(edge.target))
            if source in joins:
                yield Link(joins[source].nodes, self.step(joins[source].join))

    def is_routed(self, node: NodeId) -> bool:
        """Whether exactly one of several edges is taken after a node (START included)."""
        return any(edge.is_choice for edge in self.graph.out[node])

    @cached_property
    def routed(self) -> tuple[NodeId, ...]:
        """The nodes outside of data-flow regions after which one of several edges is taken."""
        every = (node for node in self.graph.index if node in self.graph.reachable)
        return tuple(
            n for n in every if self.is_routed(n) and n not in self._flow_of and not self._enters(n)
        )

    def _enters(self, node: NodeId) -> bool:
        """Whether START's choice is made inside of a region."""
        return any(region.head == node and region.holds_head for region in self.flows)

    def _is_flat(self, region: Region) -> bool:
        """Whether plain edges mean the same: single nodes side by side, contributions in the right order."""
        if region.holds_head:
            return False
        for id in region.nodes:
            node = self.nodes[id]
            if isinstance(node.exit, Choice) or len(self.graph.out[id]) != 1 or self.is_routed(id):
                return False
            if self.graph.into[id] != self._edges_from(region.head, id) or id in self.loops.loops:
                return False
            if self.graph.out[id][0].target != region.join:
                return False
        return self._keeps_order(region)

    def _edges_from(self, head: NodeId, target: NodeId) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.graph.out[head] if edge.target == target)

    def _keeps_order(self, region: Region) -> bool:
        """LangGraph applies the writes of one step by node name; the language says by place in the file."""
        last: dict[str, str] = {}
        for id in region.nodes:
            for write in writes(self.nodes[id]):
                if last.get(write.field, "") > id:
                    return False
                last[write.field] = id
        return True

    @cached_property
    def round_fields(self) -> Mapping[NodeId, str]:
        """The state field that counts the rounds of each loop in which rounds matter, by header."""
        counted: dict[NodeId, str] = {}
        taken = {field.name for field in self.workflow.fields}
        for owner in self._counted_loops():
            if owner not in counted:
                name = f"{owner}_rounds"
                while name in taken:
                    name += "_"
                counted[owner] = name
        return counted

    def _counted_loops(self) -> Iterator[NodeId]:
        """The headers of loops with a bound, and of those in whose first round some node does its work."""
        for node in self.workflow.nodes:
            yield from node.settled_in
            for case in node.exit.cases if isinstance(node.exit, Choice) else ():
                owner = self.loops.owner(node.id, case.target) if case.bound is not None else None
                if owner is not None:
                    yield owner

    def resets(self, header: NodeId) -> tuple[str, ...]:
        """The round counters that start again whenever the loop of `header` starts a round."""
        return tuple(self._inner_counters.get(header, ()))

    @cached_property
    def _inner_counters(self) -> Mapping[NodeId, list[str]]:
        found: dict[NodeId, list[str]] = {}
        for inner, field in self.round_fields.items():
            for header in self.loops.enclosing(inner):
                if header != inner:
                    found.setdefault(header, []).append(field)
        return found
