"""Deployments that exist: how they stand, what they wrote, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compiler.deploy.compose import MLFLOW, volumes_of
from compiler.deploy.container import answers
from compiler.deploy.containers import Container
from compiler.deploy.docker import LABEL, Docker
from compiler.deploy.image import drop_images
from compiler.deploy.order import STOP_SECONDS
from compiler.deploy.variables import forget_keys
from compiler.record import dataclass

_SERVICE: Final = "com.docker.compose.service"


@dataclass(frozen=True, slots=True)
class Deployment:
    """How a deployment stands; `health` is `healthy`, `unhealthy`, `starting` or `stopped`.

    With Compose it is healthy if its workers and databases are, too.
    """

    name: str
    target: str
    package: str
    status: str
    health: str
    url: str | None
    image: str
    started: str


def describe(docker: Docker, containers: list[Container]) -> list[Deployment]:
    """Return how deployments stand; what is tried while another is replaced is left out."""
    return [
        Deployment(
            each.deployment,
            each.target,
            each.package,
            each.status,
            _health(docker, each),
            each.url,
            each.image,
            each.started,
        )
        for each in containers
        if not each.name.endswith(("-new", "-trial"))
    ]


def stop(docker: Docker, name: str, containers: list[Container], *, with_volumes: bool) -> None:
    """Stop a deployment: runs that go on are given their time, then checkpointed.

    Args:
        with_volumes: its data, its keys and its image go too.
    """
    if containers[0].target == "compose":
        volumes = volumes_of(docker, name)
        docker.ask("compose", "--project-name", name, "down", "--remove-orphans", seconds=None)
    else:
        marked = ("--all", "--quiet", "--filter", f"label={LABEL}={name}")
        label = f"label={LABEL}={name}"
        volumes = set(docker.ask("volume", "ls", "--quiet", "--filter", label).split())
        for each in docker.ask("ps", *marked).split():
            docker.ask("stop", "--time", str(STOP_SECONDS), each)
            docker.attempt("rm", each)
    if not with_volumes:
        return
    for volume in sorted(volumes):
        docker.ask("volume", "rm", volume)
    drop_images(docker, name)
    forget_keys(name)
    if name == MLFLOW:
        docker.attempt("network", "rm", MLFLOW)


def logs(docker: Docker, container: Container, options: Sequence[str]) -> int:
    """Show what a deployment writes, its workers too; return the exit code of Docker."""
    if not _beside(docker, container, "--filter", f"label={_SERVICE}=worker"):
        return docker.hand_over("logs", *options, container.name)
    project = ("--project-name", container.deployment)
    return docker.hand_over("compose", *project, "logs", *options, "agent", "worker")


def _beside(docker: Docker, container: Container, *filters: str) -> list[str]:
    """Return state and status of all containers of a deployment that Compose made."""
    if container.target != "compose":
        return []
    label = f"label=com.docker.compose.project={container.deployment}"
    # What a person started with `docker compose run` may have ended.
    lasting = ("--filter", "label=com.docker.compose.oneoff=False", "--filter", label, *filters)
    return docker.ask("ps", "--all", *lasting, "--format", "{{.State}} {{.Status}}").splitlines()


def _health(docker: Docker, container: Container) -> str:
    if not container.is_running:
        return "stopped"
    for line in _beside(docker, container):
        if not line.startswith("running ") or line.endswith("(unhealthy)"):
            return "unhealthy"
    if container.health not in ("", "starting") or container.deployment == MLFLOW:
        return container.health
    # The image tells its health only now and then, or not at all.
    return "healthy" if answers(docker, container.name) else "unhealthy"
