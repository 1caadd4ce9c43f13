"""What a deployment has to know of a workflow: what it reads, what stands beside it, its gates, what cannot work."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from compiler.diagnostics.diagnostic import Diagnostic, Label
from compiler.diagnostics.span import Span
from compiler.ir.nodes import CodeBody
from compiler.ir.workflow import HttpTool, McpTool, Setting, Workflow
from compiler.plan.app import keeps_history_on_a_server, saves_on_a_server
from compiler.plan.state import given_fields
from compiler.plan.variables import (
    environment_names,
    store_variable,
    traces_stay_here,
    used_models,
)
from compiler.record import dataclass
from compiler.spec import WorkflowSpec

OnFail = Literal["warn", "fail", "block_deploy"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One threshold: `low` and `high` are fine themselves, None is no limit."""

    metric: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Gates:
    """All thresholds, and what happens when one is missed."""

    gates: tuple[Gate, ...] = ()
    on_fail: OnFail = "warn"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a deployment of a workflow needs.

    Args:
        variables: what the package reads when it serves.
        store: the variable with the address of a database for runs and memory.
        is_redis: whether that is Redis, else it is PostgreSQL.
        has_remote_state: whether runs or memory are in a database.
        has_traces: whether traces go to an MLflow beside it.
        has_workers: whether runs wait in a queue for workers.
        has_queue_server: whether a server of its own keeps that queue.
        inputs: the required inputs of a run.
    """

    package: str
    variables: tuple[str, ...]
    store: str | None
    is_redis: bool
    has_remote_state: bool
    has_traces: bool
    has_workers: bool
    has_queue_server: bool
    inputs: tuple[str, ...]


def needs(workflow: Workflow) -> Needs:
    """Return what a deployment of a workflow needs."""
    store = store_variable(workflow, has_server=True)
    return Needs(
        workflow.package,
        environment_names(workflow, has_server=True),
        store,
        store is not None and "REDIS" in store.upper(),
        store is not None or saves_on_a_server(workflow) or keeps_history_on_a_server(workflow),
        traces_stay_here(workflow),
        workflow.config.execution.engine != "inprocess",
        workflow.config.execution.engine == "temporal",
        tuple(field.name for field in given_fields(workflow) if field.required),
    )


def gates(spec: WorkflowSpec) -> Gates:
    """Return the gates of a workflow."""
    given = spec.config.gates if spec.config is not None else None
    if given is None:
        return Gates()
    found = tuple(Gate(each.metric, each.min, each.max) for each in given.gates)
    return Gates(found, given.on_fail or "warn")


def findings(workflow: Workflow) -> list[Diagnostic]:
    """Return what cannot work in a container: AC801 and AC802."""
    return [*_sandboxes(workflow), *_own_machine(workflow)]


def _sandboxes(workflow: Workflow) -> Iterator[Diagnostic]:
    for node in workflow.nodes:
        body = node.body
        if isinstance(body, CodeBody) and body.sandbox.mode == "docker" and body.sandbox.enabled:
            yield Diagnostic(
                "AC801",
                f"the code of `{node.id}` runs in containers, and a deployed agent has no Docker engine",
                (Label(body.span),),
                help="write `sandbox: {mode: python}`, or run the package beside an engine",
            )
    for child in workflow.children:
        yield from _sandboxes(child.workflow)


def _own_machine(workflow: Workflow) -> Iterator[Diagnostic]:
    for what, setting, span in _addresses(workflow):
        host = _host(setting)
        if host is not None and is_own_machine(host):
            yield Diagnostic(
                "AC802",
                f"{what} is at `{host}`, which in a container is the container itself",
                (Label(span),),
                help="take it from `${env:NAME}`, or name `host.docker.internal` for the machine that Docker runs on",
            )
    for child in workflow.children:
        yield from _own_machine(child.workflow)


def _addresses(workflow: Workflow) -> Iterator[tuple[str, Setting | None, Span]]:
    for model in used_models(workflow):
        yield f"the model `{model.name}`", model.api_base, model.span
    for tool in workflow.tools:
        if isinstance(tool, HttpTool | McpTool):
            yield f"the tool `{tool.name}`", tool.url, tool.span


def _host(setting: Setting | None) -> str | None:
    if not isinstance(setting, str):
        return None
    try:
        return urlsplit(setting).hostname
    except ValueError:
        return None


def is_own_machine(host: str) -> bool:
    """Whether a host name or address means the machine that asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
