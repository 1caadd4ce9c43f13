"""`graph.py` as a view: routers, data-flow regions, and the wiring."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.ir.names import END, START, NodeId
from compiler.ir.nodes import AgentBody, Node
from compiler.ir.workflow import Workflow
from compiler.plan.flows import FlowView, FlowWriter
from compiler.plan.imports import Imports
from compiler.plan.names import Names
from compiler.plan.routes import RouteNames, RouterView, Ways, router_view
from compiler.plan.text import Code, literal
from compiler.plan.values import Reader
from compiler.plan.wiring import Wiring
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class AddNodeView:
    """`graph.add_node(name, function)`."""

    name: Code
    function: Code


@dataclass(frozen=True, slots=True)
class AddEdgeView:
    """`graph.add_edge(source, target)`."""

    source: Code
    target: Code


@dataclass(frozen=True, slots=True)
class AddChoiceView:
    """`graph.add_conditional_edges(source, router, targets)`."""

    source: Code
    router: Code
    targets: Code


@dataclass(frozen=True, slots=True)
class GraphView:
    """`graph.py`."""

    imports: tuple[Code, ...]
    routers: tuple[RouterView, ...]
    flows: tuple[FlowView, ...]
    nodes: tuple[AddNodeView, ...]
    edges: tuple[AddEdgeView, ...]
    choices: tuple[AddChoiceView, ...]


def graph_view(wiring: Wiring, functions: Mapping[NodeId, str], imports: Imports) -> GraphView:
    """Return the view of `graph.py`; `functions` are the names of the node functions in `nodes.py`."""
    names = Names(
        {"build_graph", "nodes", "State", "Flow", "StateGraph", "START", "END", "Literal"}
    )
    calls = {node: Code(f"nodes.{function}") for node, function in functions.items()}
    imports.use(".", "nodes")
    imports.use(".state", "State")
    imports.use("langgraph.graph", "StateGraph")
    imports.use("langgraph.graph", "START")
    routers = tuple(_router(wiring, node, imports) for node in _routed(wiring))
    flows: list[FlowView] = []
    for region, name in wiring.flow_names.items():
        imports.use_runtime("flow", "Flow")
        flows += FlowWriter(wiring, region, calls, names).views(name)
    steps = tuple(
        AddNodeView(literal(step), calls.get(NodeId(step), Code(step))) for step in wiring.steps
    )
    edges = tuple(
        AddEdgeView(_sources(link.sources, imports), _name(link.target, imports))
        for link in wiring.links
    )
    choices = tuple(_choice(wiring, node, imports) for node in wiring.routed)
    return GraphView(imports.render(), routers, tuple(flows), steps, edges, choices)


def _routed(wiring: Wiring) -> list[NodeId]:
    every = [node for node in wiring.graph.index if node in wiring.graph.reachable]
    return [node for node in every if wiring.is_routed(node)]


def _router(wiring: Wiring, node: NodeId, imports: Imports) -> RouterView:
    workflow = wiring.workflow
    is_outer = node in wiring.routed

    def counter(target: NodeId) -> str | None:
        owner = wiring.loops.owner(node, target)
        return wiring.round_fields[owner] if owner is not None else None

    names = RouteNames(wiring.step if is_outer else str, counter)
    function = f"after_{node.lower() if node == START else node}"
    view = router_view(
        function, node, _ways(workflow, wiring.nodes, node), names, Reader({}, imports)
    )
    imports.use("typing", "Literal")
    return view


def _ways(workflow: Workflow, nodes: Mapping[NodeId, Node], id: NodeId) -> Ways:
    if id == START:
        return Ways(workflow.entry)
    node = nodes[id]
    handoff = node.body.handoff if isinstance(node.body, AgentBody) else ()
    return Ways(node.exit, node.on_error, handoff)


def _choice(wiring: Wiring, node: NodeId, imports: Imports) -> AddChoiceView:
    targets: dict[str, None] = {}
    for edge in wiring.graph.out[node]:
        targets.setdefault(wiring.step(edge.target))
    if END in targets:
        pairs = ", ".join(f"{literal(each)}: {_name(each, imports)}" for each in targets)
        listed = Code(f"{{{pairs}}}")
    else:
        listed = literal(list(targets))
    router = Code(f"after_{node.lower() if node == START else node}")
    return AddChoiceView(_name(node, imports), router, listed)


def _sources(sources: tuple[str, ...], imports: Imports) -> Code:
    if len(sources) == 1:
        return _name(sources[0], imports)
    return literal(list(sources))


def _name(step: str, imports: Imports) -> Code:
    if step in (START, END):
        return imports.use("langgraph.graph", step)
    return literal(step)
