"""What the engine knows of containers, and which of them are deployments: the engine is asked each time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from compiler.deploy.docker import LABEL, PACKAGE_LABEL, TARGET_LABEL, Docker
from compiler.deploy.order import INNER_PORT, Port
from compiler.deploy.problem import DeployError
from compiler.record import dataclass

if TYPE_CHECKING:
    Json = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None

_COMPOSE_PROJECT = "com.docker.compose.project"
_COMPOSE_FILES = "com.docker.compose.project.config_files"


@dataclass(frozen=True, slots=True)
class Container:
    """One container.

    Args:
        status: the engine's word: `running`, `exited`, `restarting`, `created`, …
        health: `healthy`, `unhealthy`, `starting`, or nothing where the image tells no health.
    """

    name: str
    image: str
    labels: Mapping[str, str]
    status: str
    exit_code: int
    health: str
    started: str
    ports: tuple[Port, ...]
    volumes: tuple[str, ...]

    @property
    def is_running(self) -> bool:
        """Whether its program runs."""
        return self.status == "running"

    @property
    def target(self) -> str:
        """`docker` or `compose` for a deployment, else nothing."""
        return self.labels.get(TARGET_LABEL, "")

    @property
    def package(self) -> str:
        """The package that a deployment runs."""
        return self.labels.get(PACKAGE_LABEL, "")

    @property
    def deployment(self) -> str:
        """The name of the deployment it belongs to."""
        return self.labels.get(LABEL) or self.labels.get(_COMPOSE_PROJECT, "")

    @property
    def compose_files(self) -> tuple[str, ...]:
        """The files it was made from, for Compose."""
        return tuple(filter(None, self.labels.get(_COMPOSE_FILES, "").split(",")))

    @property
    def url(self) -> str | None:
        """Where it is reached, if it is running and published."""
        if not self.is_running or not self.ports:
            return None
        port = self.ports[0]
        host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}.get(port.host, port.host)
        return f"http://{host}:{port.number}"


def find_container(docker: Docker, name: str) -> Container | None:
    """Return a container by its name."""
    done = docker.attempt("container", "inspect", name)
    return read_containers(done.stdout)[0] if done.returncode == 0 else None


def find_deployments(docker: Docker) -> list[Container]:
    """Return the containers of all deployments, stopped ones too, by name."""
    marked = ("--filter", f"label={PACKAGE_LABEL}", "--format", "{{.ID}}")
    names = docker.ask("ps", "--all", *marked).split()
    if not names:
        return []
    # One that ends between the two calls is no deployment any more.
    done = docker.attempt("container", "inspect", *names)
    return sorted(read_containers(done.stdout or "[]"), key=lambda each: each.name)


def choose(found: list[Container], wanted: str, package: str | None) -> list[Container]:
    """Return the containers of one deployment.

    Args:
        wanted: its name, or the path of its workflow.
        package: the package of that workflow, if it is one.

    Raises:
        DeployError: there is none, or more than one runs the package.
    """
    named = [each for each in found if wanted == each.deployment]
    if named or package is None:
        names = sorted({each.deployment for each in found})
        if not named:
            known = ", ".join(f"`{name}`" for name in names) or "none"
            raise DeployError(f"there is no deployment `{wanted}`; known: {known}", is_usage=True)
        return named
    running = [each for each in found if each.package == package]
    names = sorted({each.deployment for each in running})
    if not names:
        raise DeployError(
            f"`{wanted}` is not deployed on this engine",
            help=f"`agentc deploy {wanted}`",
            is_usage=True,
        )
    if len(names) > 1:
        shown = ", ".join(f"`{name}`" for name in names)
        raise DeployError(f"`{wanted}` is deployed as {shown}: name one", is_usage=True)
    return running


def read_containers(text: str) -> list[Container]:
    """Read what `docker container inspect` prints."""
    data: Json = json.loads(text)
    return [_container(each) for each in data] if isinstance(data, list) else []


def _container(data: Json) -> Container:
    config, state, host = (_part(data, key) for key in ("Config", "State", "HostConfig"))
    live = _list(_part(_part(data, "NetworkSettings"), "Ports").get(f"{INNER_PORT}/tcp"))
    # A stopped container has no ports but remembers which it wanted.
    asked = _list(_part(host, "PortBindings").get(f"{INNER_PORT}/tcp"))
    mounts = [each for each in _list(_part(data).get("Mounts")) if isinstance(each, Mapping)]
    code = state.get("ExitCode")
    return Container(
        _text(_part(data), "Name").lstrip("/"),
        _text(config, "Image"),
        {key: str(value) for key, value in _part(config, "Labels").items()},
        _text(state, "Status"),
        code if isinstance(code, int) else 0,
        _text(_part(state, "Health"), "Status"),
        _text(state, "StartedAt"),
        tuple(_port(each) for each in live or asked if _text(each, "HostPort")),
        tuple(_text(each, "Name") for each in mounts if each.get("Type") == "volume"),
    )


def _part(data: Json, key: str | None = None) -> Mapping[str, Json]:
    found = data if key is None else _part(data).get(key)
    return found if isinstance(found, Mapping) else {}


def _list(data: Json) -> list[Json]:
    return data if isinstance(data, list) else []


def _text(data: Json, key: str) -> str:
    found = _part(data).get(key)
    return found if isinstance(found, str) else ""


def _port(data: Json) -> Port:
    return Port(_text(data, "HostIp") or "0.0.0.0", int(_text(data, "HostPort")))
