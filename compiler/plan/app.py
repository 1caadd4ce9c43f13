"""`app.py` as a view: everything that holds for all runs of a workflow."""

from __future__ import annotations

from compiler.expr import show
from compiler.ir.nodes import HumanBody
from compiler.ir.storage import database_of, database_of_runs
from compiler.ir.workflow import EnvRef, EnvText, Field, Setting, Workflow
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.state import given_fields
from compiler.plan.text import Code, docstring, identifier, literal, one_line, tuple_of
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class SettingView:
    """A keyword argument of the app."""

    name: Code
    value: Code


@dataclass(frozen=True, slots=True)
class AppView:
    """`app.py`."""

    doc: Code
    imports: tuple[Code, ...]
    kind: Code
    settings: tuple[SettingView, ...]
    is_durable: bool
    has_sessions: bool
    has_defaults: bool


@dataclass(frozen=True, slots=True)
class FlowAppView:
    """`__init__.py` of a sub-workflow."""

    doc: Code
    imports: tuple[Code, ...]
    settings: tuple[SettingView, ...]


def is_durable(workflow: Workflow) -> bool:
    """Whether runs are saved: the file says so, or a person may be asked."""
    asks = any(isinstance(node.body, HumanBody) for node in workflow.nodes)
    inner = any(is_durable(child.workflow) for child in workflow.children)
    return asks or inner or workflow.config.execution.checkpoint != "none"


def has_sessions(workflow: Workflow) -> bool:
    """Whether some node keeps a memory that later runs share."""
    return any(node.memory is not None for node in workflow.nodes) or any(
        has_sessions(child.workflow) for child in workflow.children
    )


def has_defaults(workflow: Workflow) -> bool:
    """Whether a run may leave out some input."""
    return any(not field.required for field in given_fields(workflow))


def has_budget(workflow: Workflow) -> bool:
    """Whether what a run may spend is limited."""
    budget = workflow.config.execution.budget
    limits = (budget.max_cost_usd, budget.max_llm_calls, budget.max_tokens)
    return any(limit is not None for limit in limits)


def app_view(
    workflow: Workflow, package: str, imports: Imports, *, max_supersteps: int, graph_hash: str
) -> AppView:
    """Return the view of `app.py`."""
    durable = is_durable(workflow)
    execution = workflow.config.execution
    settings: dict[str, Code] = {
        "name": literal(package),
        "description": literal(one_line(workflow.description)),
        "build_graph": Code("build_graph"),
        "input_types": imports.use(".inputs", "Inputs"),
        **_inputs(workflow, imports),
        "outputs": tuple_of(literal(field.name) for field in workflow.fields),
        "source_map": imports.use(".source_map", "SOURCE_MAP"),
        "max_supersteps": literal(max_supersteps),
    }
    if execution.max_steps is not None:
        settings["max_steps"] = literal(execution.max_steps)
    if execution.timeout is not None:
        settings["timeout"] = literal(float(execution.timeout))
    budget = _budget(workflow, imports)
    if budget is not None:
        settings["budget"] = budget
    if has_sessions(workflow):
        settings["sessions"] = Code("True")
    if workflow.config.tracing.enabled:
        settings["tracing"] = imports.use(".tracing", "TRACING")
    if durable:
        settings["checkpoints"] = _checkpoints(workflow, package, imports)
        settings["graph_hash"] = literal(graph_hash)
        kind = imports.use_runtime("durable", "DurableApp")
    else:
        kind = imports.use_runtime("app", "App")
    imports.use("typing", "TYPE_CHECKING")
    imports.use(".inputs", "Inputs")
    if has_defaults(workflow):
        imports.use_runtime("defaults", "with_defaults")
    return AppView(
        docstring(f"Run {package} from Python"),
        imports.render(),
        kind,
        tuple(SettingView(identifier(name), value) for name, value in settings.items()),
        durable,
        has_sessions(workflow),
        has_defaults(workflow),
    )


def engine_constants(
    workflow: Workflow, package: str, imports: Imports
) -> tuple[ConstantView, ...]:
    """Return what `engine.py` holds: the queue that runs wait in."""
    execution = workflow.config.execution
    if execution.engine == "inprocess":
        return ()
    is_dbos = execution.engine == "dbos"
    make = imports.use_runtime(f"engines.on_{execution.engine}", "Dbos" if is_dbos else "Temporal")
    kind = database_of_runs(workflow.config)
    store = imports.use_runtime(f"engines.store_{kind}", f"{kind.capitalize()}Store")
    app = imports.use(".app", "APP")
    checkpoints = _checkpoints(workflow, package, imports)
    return (ConstantView(Code("ENGINE"), Code(f"{make}({app}, {store}({checkpoints}))")),)


def flow_view(workflow: Workflow, imports: Imports, *, max_supersteps: int) -> FlowAppView:
    """Return the view of a sub-workflow's `__init__.py`."""
    imports.use_runtime("subflow", "Subflow")
    settings: dict[str, Code] = {
        "build_graph": imports.use(".graph", "build_graph"),
        "input_types": imports.use(".inputs", "Inputs"),
        **_inputs(workflow, imports),
        "source_map": imports.use(".source_map", "SOURCE_MAP"),
        "max_supersteps": literal(max_supersteps),
    }
    if "inputs" not in settings:
        settings["inputs"] = Code("()")
    return FlowAppView(
        docstring(workflow.description or f"The workflow {workflow.name}"),
        imports.render(),
        tuple(SettingView(identifier(name), value) for name, value in settings.items()),
    )


def _inputs(workflow: Workflow, imports: Imports) -> dict[str, Code]:
    fields = given_fields(workflow)
    if not fields:
        return {}
    make = imports.use_runtime("inputs", "Input")
    return {"inputs": tuple_of(_input(make, field) for field in fields)}


def _input(make: Code, field: Field) -> Code:
    parts = [literal(field.name), literal(show(field.type))]
    if field.required:
        parts.append(Code("required=True"))
    elif field.default is not None:
        parts.append(Code(f"default={literal(field.default.data)}"))
    if field.description:
        parts.append(Code(f"description={literal(one_line(field.description))}"))
    return Code(f"{make}({', '.join(parts)})")


def _budget(workflow: Workflow, imports: Imports) -> Code | None:
    budget = workflow.config.execution.budget
    limits = {
        "max_cost_usd": budget.max_cost_usd,
        "max_llm_calls": budget.max_llm_calls,
        "max_tokens": budget.max_tokens,
    }
    given = [f"{name}={literal(value)}" for name, value in limits.items() if value is not None]
    if not given:
        return None
    return Code(f"{imports.use_runtime('budget', 'Budget')}({', '.join(given)})")


def _checkpoints(workflow: Workflow, package: str, imports: Imports) -> Code:
    storage = workflow.config.storage
    kind = database_of_runs(workflow.config)
    if kind == "sqlite":
        make = imports.use_runtime("checkpoint", "SqliteCheckpoints")
        return Code(f"{make}({literal(storage.path or f'.agentc/{package}.sqlite')})")
    make = imports.use_runtime(f"checkpoint_{kind}", f"{kind.capitalize()}Checkpoints")
    # Without an address in the file the environment must have one.
    address = setting(storage.backend) if database_of(storage.backend) == kind else ""
    return Code(f"{make}({address})")


def needs_database_server(workflow: Workflow) -> bool:
    """Whether no run can do without the server of a database, not even a simulated one."""
    in_memory = has_sessions(workflow) and database_of(workflow.config.storage.backend) != "sqlite"
    return in_memory or saves_on_a_server(workflow)


def saves_on_a_server(workflow: Workflow) -> bool:
    """Whether runs are saved, and not in a file."""
    return is_durable(workflow) and database_of_runs(workflow.config) != "sqlite"


def keeps_history_on_a_server(workflow: Workflow) -> bool:
    """Whether `serve` keeps its runs in a database that other hosts reach, not in a file."""
    return database_of(workflow.config.storage.backend) != "sqlite"


def setting(value: Setting) -> Code:
    """Return a setting as code: its text, in which `${env:NAME}` is filled in when it is used."""
    if isinstance(value, str):
        return literal(value)
    parts = value.parts if isinstance(value, EnvText) else (value,)
    texts = (f"${{env:{each.variable}}}" if isinstance(each, EnvRef) else each for each in parts)
    return literal("".join(texts))
