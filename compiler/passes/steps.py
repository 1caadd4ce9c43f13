"""How many supersteps a run takes at most, for LangGraph's recursion limit.

Each node outside of parallel regions takes one step, and each region takes one as a whole, whatever runs in it.
A loop takes as many times the steps of its body as its bound says; in the last iteration its bounded ways are
closed.
"""

from __future__ import annotations

from compiler.ir.graph import Edge, Graph
from compiler.ir.loops import find_loops
from compiler.ir.names import END, START, NodeId
from compiler.ir.workflow import Workflow
from compiler.passes.amounts import Amount, Range
from compiler.passes.analysis import Analysis
from compiler.passes.levels import RawWay, make_levels
from compiler.passes.run_amount import sum_run

_ONE_STEP = Amount(calls=Range(1, 1))


def step_bound(workflow: Workflow) -> int | None:
    """Return the most supersteps a run can take; None when a loop has only `max_steps` as its bound.

    The workflow must have passed the graph checks. START and END take no step.
    """
    graph = _step_graph(Analysis(workflow))
    loops = find_loops(graph)
    bounds = {header: loop.bound for header, loop in loops.loops.items()}
    if any(bound is None for bound in bounds.values()):
        return None
    ways = {
        node: tuple(RawWay((edge.target,), edge.bound) for edge in graph.out[node])
        for node in graph.index
    }
    amounts = dict.fromkeys(graph.nodes, _ONE_STEP)
    run = sum_run(make_levels(graph, loops, ways), amounts, lambda header: bounds[header] or 1)
    return int(run.calls.high)


def _step_graph(analysis: Analysis) -> Graph:
    """The graph in which each region is one node, named after its first."""
    region_of = {node: region for region in analysis.regions for node in region.nodes}

    def step_of(node: NodeId) -> NodeId:
        region = region_of.get(node)
        return node if region is None else region.nodes[0]

    edges: dict[tuple[NodeId, NodeId], Edge] = {}
    for node in analysis.order:
        region = region_of.get(node)
        for edge in analysis.graph.out[node]:
            inside = region is not None and region_of.get(edge.target) is region
            if inside and region is not None and edge.target != region.join:
                continue
            key = step_of(node), step_of(edge.target)
            before = edges.get(key)
            bound = edge.bound
            if before is not None:
                bound = max(bound, before.bound) if bound and before.bound else None
            edges[key] = Edge(*key, edge.span, is_choice=True, bound=bound)
    steps = dict.fromkeys(step_of(node) for node in analysis.order if node not in (START, END))
    return Graph(steps, edges.values())
