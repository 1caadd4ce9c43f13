"""The agent with what it needs beside it, through Compose: started, watched, taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from compiler.deploy.container import try_alone
from compiler.deploy.containers import Container, find_deployments
from compiler.deploy.docker import Docker, failure
from compiler.deploy.image import build_image, drop_images
from compiler.deploy.order import START_SECONDS, Order, Port
from compiler.deploy.ports import check_port
from compiler.deploy.problem import DeployError, last_lines
from compiler.deploy.undo import Undo, undisturbed
from compiler.plan.compose import MLFLOW_FILE

MLFLOW = "agentc-mlflow"
MLFLOW_ADDRESS = "http://mlflow:5000"
"""Where agents find it on the network that they share with it."""
_DEFAULT_PORT = Port("127.0.0.1", 8000)


class Composition:
    """One Compose project.

    Args:
        docker: sees the values of all variables.
        files: absolute paths; the first one's folder is what relative paths refer to.
    """

    def __init__(self, docker: Docker, name: str, files: Sequence[str]) -> None:
        self._docker = docker
        self._name = name
        self._line = ["compose", "--project-name", name]
        for file in files:
            self._line += ["--file", file]

    def up(self) -> None:
        """Start what is not running as described, and wait until all of it is healthy.

        Raises:
            DeployError: with the last lines of what is not.
        """
        wait = ("--detach", "--no-build", "--wait", "--wait-timeout", f"{START_SECONDS:g}")
        done = self._docker.attempt(*self._line, "up", *wait, seconds=None)
        if done.returncode == 0:
            return
        logs = self._docker.attempt(*self._line, "logs", "--no-color", "--tail", "20")
        found = failure(f"`{self._name}` did not become healthy", done.stderr)
        if found.log:
            found.log = last_lines(f"{logs.stdout}\n{last_lines(done.stderr, 4)}", 24)
        raise found

    def down(self) -> None:
        """Stop and remove containers and networks; volumes stay."""
        self._docker.ask(*self._line, "down", "--remove-orphans", seconds=None)


def check_compose(docker: Docker) -> None:
    """Raise DeployError unless there is Compose 2."""
    if docker.attempt("compose", "version").returncode:
        raise DeployError(
            "Docker has no Compose here",
            help="install its plugin (`docker-compose-plugin`), or `--target docker`",
        )


def deploy_composition(docker: Docker, order: Order, extra: Sequence[str], undo: Undo) -> str:
    """Build, start and wait; return the URL. What was there before is started again if this fails.

    Args:
        extra: names of further variables that the agent and its workers get.
    """
    before = [each for each in find_deployments(docker) if each.deployment == order.name]
    old = next((each for each in before if each.target == "compose"), None)
    if old is None and (before or docker.has("container", order.name)):
        raise DeployError(
            f"there is a container `{order.name}` already, not made by Compose",
            help="stop it, or take another name: `--name NAME`",
        )
    port = order.port or (old.ports[0] if old is not None and old.ports else _DEFAULT_PORT)
    check_port(docker, port, order.name)
    build_image(docker, order, undo)
    if not order.has_remote_state:
        # Compose would start one that ends again and again, and wait for it.
        try_alone(docker, order, undo)
    if (order.folder / MLFLOW_FILE).exists():
        _start_mlflow(docker, order.folder / MLFLOW_FILE, undo)
    files = [str(order.folder / "compose.yaml"), *_more_variables(order, extra, undo)]
    values = {**order.values, "AGENTC_IMAGE": order.image, "AGENTC_PORT": str(port)}
    new = Composition(Docker(values), order.name, files)
    _undo_project(docker, order.name, new, old, values, undo)
    new.up()
    with undisturbed():
        undo.keep_all()
        drop_images(docker, order.name, but=order.image)
    now = next(each for each in find_deployments(docker) if each.deployment == order.name)
    return now.url or f"http://{port}"


def _start_mlflow(docker: Docker, file: Path, undo: Undo) -> None:
    """Start the MLflow of this machine unless it runs: another agent's deploy must not restart it."""
    there = [each for each in find_deployments(docker) if each.deployment == MLFLOW]
    if any(each.is_running and each.health == "healthy" for each in there):
        return
    shared = Composition(docker, MLFLOW, [str(file)])
    if not there:
        _undo_volumes(docker, MLFLOW, undo)
        undo.add(shared.down)
    shared.up()


def _undo_project(
    docker: Docker,
    name: str,
    new: Composition,
    old: Container | None,
    values: dict[str, str],
    undo: Undo,
) -> None:
    """Say how to get back: to the project as it ran before, or to nothing."""
    _undo_volumes(docker, name, undo)
    if old is None:
        undo.add(new.down)
        return
    if not all(Path(file).exists() for file in old.compose_files):
        return  # what it was made from is gone: it stays as it is
    again = {**values, "AGENTC_IMAGE": old.image}
    if old.ports:
        again["AGENTC_PORT"] = str(old.ports[0])
    undo.add(Composition(Docker(again), name, old.compose_files).up)


def _undo_volumes(docker: Docker, name: str, undo: Undo) -> None:
    """Remove the volumes of a project that are not there yet."""
    before = volumes_of(docker, name)

    def remove() -> None:
        for volume in volumes_of(docker, name) - before:
            docker.attempt("volume", "rm", volume)

    undo.add(remove)


def volumes_of(docker: Docker, name: str) -> set[str]:
    """Return the volumes of a Compose project."""
    label = f"label=com.docker.compose.project={name}"
    return set(docker.ask("volume", "ls", "--quiet", "--filter", label).split())


def _more_variables(order: Order, names: Sequence[str], undo: Undo) -> list[str]:
    """Write the names of further variables, no values, as a second file for Compose; return its path."""
    path = order.folder / ".agentc" / f"compose.{order.name}.json"
    if not names:
        return []
    if path.exists():
        before = path.read_bytes()
        undo.add(lambda: path.write_bytes(before))
    else:
        undo.add(lambda: path.unlink(missing_ok=True))
    path.parent.mkdir(exist_ok=True)
    environment = {"environment": dict.fromkeys(sorted(names))}
    services = ("agent", "worker") if order.has_workers else ("agent",)
    text = json.dumps({"services": dict.fromkeys(services, environment)}, indent=2)
    path.write_text(text + "\n", "utf-8")
    return [str(path)]
