"""`compose.yaml` and the MLflow beside it as views."""

from __future__ import annotations

import re

from compiler.ir.workflow import Workflow
from compiler.plan.text import Plain, Yaml, word, yaml_text
from compiler.plan.variables import (
    SERVER_KEY,
    environment_names,
    store_variable,
    traces_stay_here,
)
from compiler.record import dataclass

MLFLOW_FILE = "compose.mlflow.yaml"
_NOT_IN_LABELS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ComposeView:
    """`compose.yaml`.

    Args:
        variables: what is passed on from the environment, by name.
        postgres: the variable that gets the address of the PostgreSQL beside the agent, and so for `redis`.
    """

    package: Plain
    service: Yaml
    variables: tuple[Plain, ...]
    is_server: bool
    has_workers: bool
    has_mlflow: bool
    postgres: tuple[Plain, ...]
    redis: tuple[Plain, ...]


def deployment_name(package: str) -> str:
    """Return a package's name as one that Docker, Compose and Kubernetes all take (RFC 1123 label)."""
    label = _NOT_IN_LABELS.sub("-", package.lower()).strip("-")[:40].rstrip("-")
    return label if label[:1].isalpha() else f"agent-{label}".rstrip("-")


def compose_view(workflow: Workflow, *, has_server: bool) -> ComposeView:
    """Return the view of `compose.yaml`."""
    store = store_variable(workflow, has_server=has_server)
    is_redis = store is not None and "REDIS" in store.upper()
    stores = () if store is None else (word(store),)
    names = environment_names(workflow, has_server=has_server)
    return ComposeView(
        word(workflow.package),
        yaml_text(deployment_name(workflow.package)),
        tuple(word(name) for name in names if name not in (store, SERVER_KEY)),
        has_server,
        workflow.config.execution.engine != "inprocess",
        traces_stay_here(workflow),
        () if is_redis else stores,
        stores if is_redis else (),
    )
