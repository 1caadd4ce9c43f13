"""The tests of a generated project as a view: they run offline, one per route, loop bound and budget."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.exits import Choice
from compiler.ir.names import START, NodeId
from compiler.ir.nodes import CodeBody, FunctionBody, ToolBody
from compiler.ir.workflow import Workflow
from compiler.plan.app import has_budget, needs_database_server
from compiler.plan.imports import Imports
from compiler.plan.names import Names
from compiler.plan.routes import Ways
from compiler.plan.samples import case_samples, simplest
from compiler.plan.state import given_fields
from compiler.plan.text import Code, docstring, literal
from compiler.plan.wiring import Wiring
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class RouteTestView:
    """`assert router(state) == target`."""

    function: Code
    doc: Code
    router: Code
    state: Code
    target: Code


@dataclass(frozen=True, slots=True)
class TestsView:
    """`tests/test_<package>.py`; `inputs` are those of a sample run."""

    imports: tuple[Code, ...]
    inputs: Code
    outputs: Code
    runs: bool
    has_budget: bool
    routes: tuple[RouteTestView, ...]


def tests_view(workflow: Workflow, wiring: Wiring, *, calls_models: bool) -> TestsView:
    """Return the view of the project's tests.

    Args:
        calls_models: whether every run makes a model call.
    """
    package = workflow.package
    imports = Imports(own=package)
    routes = tuple(_routes(wiring, imports))
    runs = not needs_database_server(workflow) and not any(
        isinstance(node.body, CodeBody | FunctionBody | ToolBody)
        for flow in (workflow, *(child.workflow for child in workflow.children))
        for node in flow.nodes
    )
    limited = runs and calls_models and has_budget(workflow)
    imports.use(package, "build_graph")
    if runs:
        imports.use(package, "invoke")
        imports.use("pathlib", "Path")
        imports.use_module("pytest")
    if limited:
        imports.use_module("asyncio")
        imports.use("dataclasses", "replace")
        imports.use(f"{package}.app", "APP")
        imports.use(f"{package}._runtime.budget", "Budget")
        imports.use(f"{package}._runtime.errors", "NodeError")
    inputs = {
        field.name: simplest(field.type) for field in given_fields(workflow) if field.required
    }
    outputs = Code(f"{{{', '.join(literal(field.name) for field in workflow.fields)}}}")
    return TestsView(imports.render(), literal(inputs), outputs, runs, limited, routes)


def _routes(wiring: Wiring, imports: Imports) -> Iterator[RouteTestView]:
    workflow = wiring.workflow
    types = {str(field.name): field.type for field in workflow.fields}
    names = Names()
    for id in wiring.graph.index:
        if id not in wiring.graph.reachable or not wiring.is_routed(id):
            continue
        exit = workflow.entry if id == START else wiring.nodes[id].exit
        if (
            not isinstance(exit, Choice)
            or _ways_out(wiring, id).handlers
            or _ways_out(wiring, id).handoff
        ):
            continue
        router = f"after_{id.lower() if id == START else id}"
        label = wiring.step if id in wiring.routed else str
        for place, state in sorted(case_samples(exit, types).items()):
            case = exit.cases[place]
            owner = wiring.loops.owner(id, case.target) if case.bound is not None else None
            said = case.condition.text if case.condition is not None else "no other route"
            if owner is None or case.bound is None:
                yield _test(names, router, said, state, label(case.target), imports, workflow)
                continue
            counter = wiring.round_fields[owner]
            if case.bound > 1:
                within = {**state, counter: case.bound - 1}
                yield _test(names, router, said, within, label(case.target), imports, workflow)
            if case.on_exhausted is not None:
                over = {**state, counter: case.bound}
                said = f"round {case.bound} is the last"
                target = label(case.on_exhausted.target)
                yield _test(names, router, said, over, target, imports, workflow)


def _ways_out(wiring: Wiring, id: NodeId) -> Ways:
    if id == START:
        return Ways(wiring.workflow.entry)
    node = wiring.nodes[id]
    handlers = tuple(each for each in node.on_error if each.target is not None)
    return Ways(node.exit, handlers)


def _test(
    names: Names,
    router: str,
    said: str,
    state: dict[str, object],
    target: str,
    imports: Imports,
    workflow: Workflow,
) -> RouteTestView:
    imports.use(f"{workflow.package}.graph", router)
    function = names.new(f"test_{router}_goes_to_{target.lower()}")
    doc = docstring(
        said[:1].upper() + said[1:] if said.startswith(("no ", "round ")) else f"When {said}"
    )
    return RouteTestView(Code(function), doc, Code(router), literal(state), literal(target))
