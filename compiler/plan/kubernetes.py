"""The files for Kubernetes as views: a kustomize base and two overlays, no values of secrets in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from compiler.ir.storage import database_of_runs
from compiler.ir.workflow import HttpTool, McpTool, Setting, Workflow
from compiler.plan.app import is_durable, keeps_history_on_a_server, saves_on_a_server
from compiler.plan.files import PlannedFile
from compiler.plan.text import Plain, Yaml, word, yaml_quoted
from compiler.plan.variables import (
    environment_names,
    store_variable,
    traces_stay_here,
    used_models,
)
from compiler.record import dataclass

FOLDER = "deploy/kubernetes"
IMAGE = re.compile(
    r"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
"""The name of an image, as registries take it."""
_ALWAYS_OPEN = frozenset({53, 443})
_SCHEME_PORTS = {"http": 80, "postgres": 5432, "postgresql": 5432, "redis": 6379}
_CRON_FIELD = re.compile(r"(?:[0-9*/,\-?]|[A-Za-z]{3}(?![A-Za-z]))+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kubernetes:
    """What the command line says about the files for Kubernetes.

    Args:
        name: an RFC 1123 label; the objects are called after it.
        image: what the cluster pulls.
        job_inputs: the inputs of a single run instead of a server.
    """

    name: str
    image: str
    job_inputs: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """One CronJob."""

    number: Plain
    cron: Yaml
    inputs: Yaml


@dataclass(frozen=True, slots=True)
class KubernetesView:
    """Everything that the templates of the files tell.

    Args:
        has_volume: the server keeps something in files that must outlive its pod.
        inputs: those of the one run of a Job, at most one.
        secrets: keys of the Secret, one per variable that the workflow reads.
        ports: further TCP ports that the workflow's settings name.
    """

    name: Plain
    image: Yaml
    image_name: Plain
    is_server: bool
    has_volume: bool
    has_workers: bool
    inputs: tuple[Yaml, ...]
    schedules: tuple[ScheduleView, ...]
    secrets: tuple[Plain, ...]
    ports: tuple[Plain, ...]


def kubernetes_files(workflow: Workflow, options: Kubernetes) -> Iterator[PlannedFile]:
    """Yield the files below `deploy/kubernetes`."""
    view = kubernetes_view(workflow, options)
    for path, template in _layout(view):
        language = "markdown" if path.endswith(".md") else "yaml"
        yield PlannedFile(
            f"{FOLDER}/{path}",
            "render",
            "the deployment",
            f"deploy/kubernetes/{template}",
            language,
            view,
        )


def is_served(workflow: Workflow, options: Kubernetes) -> bool:
    """Whether a server is what runs: not for a single run, nor where the cluster's clock starts all runs."""
    return options.job_inputs is None and not _is_left_to_cron(workflow)


def kubernetes_view(workflow: Workflow, options: Kubernetes) -> KubernetesView:
    """Return the view of all files for Kubernetes."""
    is_server = is_served(workflow, options)
    inputs = () if options.job_inputs is None else (_as_json(options.job_inputs),)
    names = environment_names(workflow, has_server=is_server)
    return KubernetesView(
        word(options.name),
        yaml_quoted(options.image),
        image_name(options.image),
        is_server,
        is_server and _keeps_files(workflow),
        is_server and workflow.config.execution.engine != "inprocess",
        inputs,
        tuple(_schedules(workflow)) if not is_server and not inputs else (),
        tuple(word(name) for name in names),
        tuple(word(str(port)) for port in sorted(_ports(workflow) - _ALWAYS_OPEN)),
    )


def image_name(text: str) -> Plain:
    """Return an image's name as a word of a command line.

    Raises:
        ValueError: it is not one, which is a bug of the caller.
    """
    if not IMAGE.fullmatch(text):
        raise ValueError(f"{text!r} is not the name of an image")
    return Plain(text)


def _layout(view: KubernetesView) -> Iterator[tuple[str, str]]:
    """Yield path and template of each file."""
    yield "README.md", "README.md.j2"
    base = ["kustomization.yaml.j2", "settings.yaml.j2", "account.yaml.j2", "network.yaml.j2"]
    if view.is_server:
        base += ["server.yaml.j2", "service.yaml.j2", "disruption.yaml.j2"]
    if view.has_volume:
        base.append("volume.yaml.j2")
    if view.has_workers:
        base += ["workers.yaml.j2", "autoscaler.yaml.j2"]
    if view.inputs:
        base.append("job.yaml.j2")
    if view.schedules:
        base.append("cronjobs.yaml.j2")
    yield from ((f"base/{name.removesuffix('.j2')}", name) for name in base)
    yield "overlays/dev/kustomization.yaml", "dev.yaml.j2"
    yield "overlays/dev/namespace.yaml", "dev_namespace.yaml.j2"
    yield "overlays/prod/kustomization.yaml", "prod.yaml.j2"
    yield "overlays/prod/namespace.yaml", "prod_namespace.yaml.j2"


def _keeps_files(workflow: Workflow) -> bool:
    """Whether a server has runs, saved runs or memory in files, or traces that no server takes."""
    return (
        not keeps_history_on_a_server(workflow)
        or (is_durable(workflow) and not saves_on_a_server(workflow))
        or traces_stay_here(workflow)
    )


def _is_left_to_cron(workflow: Workflow) -> bool:
    """Whether the clock starts all runs, by lines that a CronJob understands."""
    return bool(workflow.triggers) and all(
        trigger.kind == "schedule" and _is_common_cron(_settings(trigger.settings.data)["cron"])
        for trigger in workflow.triggers
    )


def _is_common_cron(line: object) -> bool:
    """Whether every field is one that all crons know: no `L`, `W` or `#`."""
    text = str(line)
    return text.startswith("@") or all(_CRON_FIELD.fullmatch(each) for each in text.split())


def _schedules(workflow: Workflow) -> Iterator[ScheduleView]:
    for number, trigger in enumerate(workflow.triggers, 1):
        settings = _settings(trigger.settings.data)
        inputs = settings.get("inputs") or {}
        yield ScheduleView(
            word(str(number)), yaml_quoted(str(settings["cron"])), _as_json(_settings(inputs))
        )


def _settings(data: object) -> Mapping[str, object]:
    assert isinstance(data, Mapping), "a section is a mapping"
    return data


def _as_json(inputs: Mapping[str, object]) -> Yaml:
    return yaml_quoted(json.dumps(inputs, sort_keys=True))


def _ports(workflow: Workflow) -> set[int]:
    """The ports of all addresses that the file spells out; PostgreSQL's or Redis's where the store has none."""
    found = {port for each in _addresses(workflow) if (port := _port(each)) is not None}
    store = store_variable(workflow, has_server=True)
    if store is not None:
        found.add(_SCHEME_PORTS["redis" if "REDIS" in store.upper() else "postgres"])
    if saves_on_a_server(workflow):
        found.add(_SCHEME_PORTS[database_of_runs(workflow.config)])
    if workflow.config.execution.engine == "temporal":
        found.add(7233)
    for child in workflow.children:
        found |= _ports(child.workflow)
    return found


def _addresses(workflow: Workflow) -> Iterator[Setting | None]:
    yield from (model.api_base for model in used_models(workflow))
    if workflow.config.tracing.enabled:
        yield workflow.config.tracing.tracking_uri
    yield workflow.config.storage.backend
    yield from (tool.url for tool in workflow.tools if isinstance(tool, HttpTool | McpTool))


def _port(setting: Setting | None) -> int | None:
    if not isinstance(setting, str) or "://" not in setting:
        return None
    try:
        parts = urlsplit(setting)
        return parts.port or _SCHEME_PORTS.get(parts.scheme.partition("+")[0])
    except ValueError:
        return None
