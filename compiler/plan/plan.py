"""From a workflow to the plan of its project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from compiler.ir.nodes import AgentBody
from compiler.ir.workflow import Workflow
from compiler.plan.app import app_view, engine_constants, flow_view
from compiler.plan.commands import main_view
from compiler.plan.compose import MLFLOW_FILE, compose_view
from compiler.plan.constants import ConstantView
from compiler.plan.diagram import mermaid
from compiler.plan.files import Plan, PlannedFile
from compiler.plan.graph import GraphView, graph_view
from compiler.plan.image import dockerfile_view, image_files
from compiler.plan.imports import Imports
from compiler.plan.kubernetes import Kubernetes, is_served, kubernetes_files
from compiler.plan.memory import memory_constants
from compiler.plan.models import model_constants
from compiler.plan.names import MODULE_NAMES, Names
from compiler.plan.node_views import ItemView, NodeView
from compiler.plan.nodes import NodesWriter
from compiler.plan.package import Package
from compiler.plan.project import (
    environment_view,
    langgraph_json,
    pyproject_view,
    readme_view,
)
from compiler.plan.schemas import ModelView
from compiler.plan.state import Private, inputs_view, records_view, state_view
from compiler.plan.tests import tests_view
from compiler.plan.text import Code, docstring, literal
from compiler.plan.tools import tool_constants
from compiler.plan.tracing import SOURCE_COPY, keeps_source, tracing_constants
from compiler.plan.triggers import trigger_constants
from compiler.plan.vendor import closure, libraries, module_path, module_text
from compiler.plan.wiring import Wiring
from compiler.record import dataclass

_LAST_LOOK = 1
"""LangGraph's recursion limit also counts the round in which it sees that nothing is left to run."""


@dataclass(frozen=True, slots=True)
class NodesView:
    """`nodes.py`."""

    imports: tuple[Code, ...]
    tasks: tuple[ItemView, ...]
    nodes: tuple[NodeView, ...]


@dataclass(frozen=True, slots=True)
class SchemasView:
    """`schemas.py`."""

    imports: tuple[Code, ...]
    models: tuple[ModelView, ...]


@dataclass(frozen=True, slots=True)
class ConstantsView:
    """`prompts.py`, `code.py`, `models.py`, `tools.py`."""

    doc: Code
    imports: tuple[Code, ...]
    constants: tuple[ConstantView, ...]


@dataclass(frozen=True, slots=True)
class DocView:
    """A module that is nothing but its docstring."""

    doc: Code


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where a step stands in the workflow file."""

    name: Code
    value: Code


@dataclass(frozen=True, slots=True)
class SourceMapView:
    """`source_map.py`."""

    places: tuple[PlaceView, ...]


def make_plan(
    workflow: Workflow,
    step_bounds: Mapping[str, int],
    *,
    calls_models: bool = False,
    with_server: bool = False,
    kubernetes: Kubernetes | None = None,
) -> Plan:
    """Plan the project of a workflow.

    Args:
        step_bounds: the most LangGraph steps a run can take, for the workflow (key "") and for each
            sub-workflow by its key; a missing one means that nothing was proven.
        calls_models: whether every run is known to make a model call.
        with_server: generate `serve` even if no trigger needs it.
        kubernetes: generate the files for Kubernetes too.
    """
    root = workflow.package
    has_server = bool(workflow.triggers) or (
        with_server if kubernetes is None else is_served(workflow, kubernetes)
    )
    files = list(_package_files(workflow, root, "._runtime", step_bounds, ""))
    files += _entry_files(workflow, root, has_server=has_server)
    roots: set[str] = set()
    texts: list[str] = ["import langgraph\nimport pydantic\n"]
    for file in files:
        lines = [*getattr(file.view, "imports", ()), file.text if file.kind == "user" else ""]
        texts += getattr(file.view, "imports", ())
        roots.update(_runtime_modules(lines))
    vendored = closure(roots)
    for module, reason in vendored.items():
        text = module_text(module)
        assert text is not None
        path = f"{root}/_runtime/{module_path(module)}"
        files.append(PlannedFile(path, "vendor", reason, text=text))
        texts.append(text)
    own = [file.text for file in files if file.kind == "user"]
    requirements = libraries(texts, own)
    files += _project_files(workflow, requirements, has_server=has_server)
    dockerfile = dockerfile_view(workflow, vendored, own, has_server=has_server)
    files += image_files(dockerfile, requirements)
    if kubernetes is not None:
        files += kubernetes_files(workflow, kubernetes)
    tests = tests_view(workflow, Wiring(workflow), calls_models=calls_models)
    path = f"tests/test_{root}.py"
    files.append(
        PlannedFile(path, "render", "the project", "project/test_package.py.j2", view=tests)
    )
    return Plan(
        root, workflow.source_name, tuple(sorted(files, key=lambda f: f.path)), requirements
    )


def _runtime_modules(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("from .") and "._runtime." in line:
            yield line.split("._runtime.", 1)[1].split(" import ", 1)[0]


def _package_files(
    workflow: Workflow, path: str, runtime: str, bounds: Mapping[str, int], key: str
) -> Iterator[PlannedFile]:
    package = Package.of(workflow, path, runtime)
    is_root = key == ""
    names = Names()
    for child in workflow.children:
        wanted = child.workflow.package
        package.flows[child.key] = names.new(f"{wanted}_flow" if wanted in MODULE_NAMES else wanted)
    nodes_imports = Imports(runtime)
    nodes_imports.use(".state", "State")
    writer = NodesWriter(package, nodes_imports)
    nodes, tasks = writer.views(), writer.tasks()
    yield _python(path, "nodes.py", "nodes.py.j2", NodesView(nodes_imports.render(), tasks, nodes))
    graph = graph_view(package.wiring, writer.functions, Imports(runtime))
    yield _python(path, "graph.py", "graph.py.j2", graph)
    yield from _state_files(package, path, runtime)
    yield from _constant_files(package, path, runtime)
    for file in workflow.files:
        if file.path in package.users:
            target = f"{path}/user/{package.users[file.path]}.py"
            yield PlannedFile(target, "user", file.path, text=file.text)
    if package.users:
        doc = docstring("Your own Python files, copied as they are")
        yield _python(path, "user/__init__.py", "docstring.py.j2", DocView(doc))
    if workflow.children:
        doc = docstring("The workflows that this one calls")
        yield _python(path, "flows/__init__.py", "docstring.py.j2", DocView(doc))
    for child in workflow.children:
        below = f"{path}/flows/{package.flows[child.key]}"
        dots = "." * (runtime.count(".") + 2)
        yield from _package_files(child.workflow, below, f"{dots}_runtime", bounds, child.key)
    # LangGraph takes one step more than there are nodes to find that nothing is left to do.
    limit = bounds.get(key, 10_000) + _LAST_LOOK
    places = SourceMapView(tuple(_places(workflow)))
    yield _python(path, "source_map.py", "source_map.py.j2", places)
    if not is_root:
        view = flow_view(workflow, Imports(runtime), max_supersteps=limit)
        yield _python(path, "__init__.py", "subflow.py.j2", view)
        return
    app = app_view(
        workflow, path, Imports(runtime), max_supersteps=limit, graph_hash=_graph_hash(graph)
    )
    yield _python(path, "app.py", "app.py.j2", app)
    tracing_imports = Imports(runtime)
    tracing = tracing_constants(workflow, tracing_imports)
    if tracing:
        about = "Where the traces of runs go"
        yield _constants(path, "tracing.py", about, tracing_imports, tracing)
    if keeps_source(workflow):
        text = workflow.source_text
        yield PlannedFile(f"{path}/{SOURCE_COPY}", "render", "the workflow", text=text)
    init = DocView(docstring(workflow.description or workflow.name))
    yield _python(path, "__init__.py", "init.py.j2", init)
    yield PlannedFile(f"{path}/graph.mmd", "render", "the picture", text=mermaid(workflow))
    yield PlannedFile(f"{path}/py.typed", "render", "types for users of the package", text="")


def _entry_files(workflow: Workflow, path: str, *, has_server: bool) -> Iterator[PlannedFile]:
    """What starts runs: the command line, and the triggers."""
    main = main_view(workflow, has_server=has_server)
    yield _python(path, "__main__.py", "main.py.j2", main)
    if workflow.triggers:
        imports = Imports()
        triggers = trigger_constants(workflow, imports)
        yield _constants(path, "triggers.py", "What starts runs from outside", imports, triggers)
    imports = Imports()
    engine = engine_constants(workflow, path, imports)
    if engine:
        yield _constants(path, "engine.py", "Where runs wait for workers", imports, engine)


def _state_files(package: Package, path: str, runtime: str) -> Iterator[PlannedFile]:
    workflow, wiring = package.workflow, package.wiring
    fails = any(handler.target for node in workflow.nodes for handler in node.on_error)
    counters = {field: header for header, field in wiring.round_fields.items()}
    hands_off = any(isinstance(n.body, AgentBody) and n.body.handoff for n in workflow.nodes)
    private = Private(counters, fails, hands_off)
    state = state_view(workflow, package.types, Imports(runtime), private)
    yield _python(path, "state.py", "state.py.j2", state)
    inputs = inputs_view(workflow, package.types, Imports(runtime))
    yield _python(path, "inputs.py", "inputs.py.j2", inputs)
    if package.schemas.views:
        schemas = SchemasView(package.schema_imports.render(), package.schemas.views)
        yield _python(path, "schemas.py", "schemas.py.j2", schemas)
    if package.types.classes:
        records = records_view(package.types, Imports(runtime))
        yield _python(path, "records.py", "records.py.j2", records)


def _constant_files(package: Package, path: str, runtime: str) -> Iterator[PlannedFile]:
    imports = Imports(runtime)
    tools = tool_constants(package, imports)
    if tools:
        yield _constants(path, "tools.py", "The tools", imports, tools)
    imports = Imports(runtime)
    memory = memory_constants(package, imports)
    if memory:
        yield _constants(path, "memory.py", "What is remembered between runs", imports, memory)
    imports = Imports(runtime)
    models = model_constants(package, imports)
    if models:
        yield _constants(path, "models.py", "The models", imports, models)
    if package.prompts.views:
        doc = "The prompts; `{name}` is filled in by the step that uses it"
        yield _constants(path, "prompts.py", doc, Imports(runtime), package.prompts.views)
    if package.code.views:
        doc = "Code of the workflow file, run in a sandbox"
        yield _constants(path, "code.py", doc, Imports(runtime), package.code.views)


def _constants(
    path: str, name: str, doc: str, imports: Imports, constants: tuple[ConstantView, ...]
) -> PlannedFile:
    view = ConstantsView(docstring(doc), imports.render(), constants)
    return _python(path, name, "constants.py.j2", view)


def _python(path: str, name: str, template: str, view: object) -> PlannedFile:
    return PlannedFile(
        f"{path}/{name}", "render", "the workflow", f"package/{template}", "python", view
    )


def _places(workflow: Workflow) -> Iterator[PlaceView]:
    for node in workflow.nodes:
        place = f"{workflow.source_name}:{node.span.line}"
        yield PlaceView(literal(node.id), literal(place))


def _graph_hash(graph: GraphView) -> str:
    """Tells versions of the graph apart; wording of prompts does not count."""
    parts = (graph.nodes, graph.edges, graph.choices, graph.flows)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _project_files(
    workflow: Workflow, requirements: tuple[str, ...], *, has_server: bool
) -> Iterator[PlannedFile]:
    def file(path: str, template: str, language: str, view: object) -> PlannedFile:
        return PlannedFile(path, "render", "the project", f"project/{template}", language, view)

    yield file(
        "pyproject.toml", "pyproject.toml.j2", "toml", pyproject_view(workflow, requirements)
    )
    readme = readme_view(workflow, has_server=has_server)
    yield file("README.md", "README.md.j2", "markdown", readme)
    compose = compose_view(workflow, has_server=has_server)
    yield file("compose.yaml", "compose.yaml.j2", "yaml", compose)
    if compose.has_mlflow:
        yield file(MLFLOW_FILE, "compose.mlflow.yaml.j2", "yaml", compose)
    environment = environment_view(workflow, has_server=has_server)
    yield file(".env.example", "env.example.j2", "plain", environment)
    text = langgraph_json(workflow)
    yield PlannedFile("langgraph.json", "render", "LangGraph's own tools", text=text)
