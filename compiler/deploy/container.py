"""One container on this machine's engine: started, watched until it is healthy, replaced, taken back."""

from __future__ import annotations

import time
from collections.abc import Sequence

from compiler.deploy.containers import Container, find_container, find_deployments
from compiler.deploy.docker import LABEL, PACKAGE_LABEL, TARGET_LABEL, Docker, failure
from compiler.deploy.image import build_image, drop_images
from compiler.deploy.order import (
    INNER_PORT,
    SERVE,
    START_SECONDS,
    STATE,
    STOP_SECONDS,
    Order,
    Port,
)
from compiler.deploy.ports import check_port
from compiler.deploy.problem import DeployError, last_lines
from compiler.deploy.undo import Undo, undisturbed

_HARDENED = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges:true", "--pids-limit", "512"),
    *("--add-host", "host.docker.internal:host-gateway", "--env", f"HOME={STATE}"),
)
_ASK = (
    "import urllib.request as r; " f"r.urlopen('http://127.0.0.1:{INNER_PORT}/health', timeout=3)"
)
_DEFAULT_PORT = Port("127.0.0.1", 8000)


def deploy_container(docker: Docker, order: Order, undo: Undo) -> str:
    """Build and run; return the URL. A deployment of this name is replaced once the new one is healthy.

    A new container is tried on its own first, without a network and with state that is thrown away, since two
    servers must not use the same runs and ask the same bots.
    """
    old = find_container(docker, order.name)
    _check_names(docker, order, old)
    port = order.port or (old.ports[0] if old is not None and old.ports else _DEFAULT_PORT)
    check_port(docker, port, order.name)
    build_image(docker, order, undo)
    if old is not None and not order.has_remote_state:
        try_alone(docker, order, undo)
    volume = f"{order.name}-state"
    if not docker.has("volume", volume):
        undo.add(lambda: docker.attempt("volume", "rm", volume))
        docker.ask("volume", "create", "--label", f"{LABEL}={order.name}", volume)
    if old is not None and old.is_running:
        undo.add(lambda: docker.ask("start", order.name))
        docker.ask("stop", "--time", str(STOP_SECONDS), order.name)
    new = f"{order.name}-new"
    options = (
        "--publish",
        f"{port.host}:{port.number}:{INNER_PORT}",
        "--volume",
        f"{volume}:{STATE}",
    )
    _start(docker, order, new, options, undo)
    wait_until_healthy(docker, new)
    docker.ask("update", "--restart", "unless-stopped", new)
    with undisturbed():
        if old is not None:
            docker.ask("rm", order.name)
        undo.keep_all()
        docker.ask("rename", new, order.name)
        drop_images(docker, order.name, but=order.image)
    return f"http://{docker.ask('port', order.name, str(INNER_PORT)).splitlines()[0]}"


def try_alone(docker: Docker, order: Order, undo: Undo) -> None:
    """Start the image without a network and without state, and see that it becomes healthy."""
    name = f"{order.name}-trial"
    _start(docker, order, name, ("--network", "none", "--volume", STATE), undo)
    wait_until_healthy(docker, name)
    docker.ask("rm", "--force", "--volumes", name)


def answers(docker: Docker, name: str) -> bool:
    """Whether the server in a container says that it takes runs."""
    return docker.attempt("exec", name, "python", "-c", _ASK).returncode == 0


def wait_until_healthy(docker: Docker, name: str, seconds: float = START_SECONDS) -> None:
    """Wait until the server in a container answers.

    Raises:
        DeployError: the container ended, or time is up; with the last lines it wrote.
    """
    end = time.monotonic() + seconds
    while True:
        found = find_container(docker, name)
        if found is None or not found.is_running:
            code = found.exit_code if found is not None else "unknown"
            raise DeployError(
                f"the container ended at its start with exit code {code}", log=_log(docker, name)
            )
        if answers(docker, name):
            return
        if time.monotonic() > end:
            raise DeployError(
                f"the container is not healthy after {seconds:g} s", log=_log(docker, name)
            )
        time.sleep(0.3)


def _start(docker: Docker, order: Order, name: str, options: Sequence[str], undo: Undo) -> None:
    undo.add(lambda: docker.attempt("rm", "--force", "--volumes", name))
    variables = [option for each in sorted(order.values) for option in ("--env", each)]
    labels = {LABEL: order.name, TARGET_LABEL: "docker", PACKAGE_LABEL: order.package}
    marks = [option for item in labels.items() for option in ("--label", "=".join(item))]
    line = ["run", "--detach", "--name", name, "--stop-timeout", str(STOP_SECONDS), *_HARDENED]
    alone = ("--workers", "1") if order.has_workers else ()
    done = docker.attempt(*line, *marks, *variables, *options, order.image, *SERVE, *alone)
    if done.returncode:
        raise failure("the container cannot be started", done.stderr)


def _check_names(docker: Docker, order: Order, old: Container | None) -> None:
    if old is not None and old.target != "docker":
        raise DeployError(
            f"there is a container `{order.name}` that agentc has not deployed",
            help="take another name: `--name NAME`",
        )
    others = [each for each in find_deployments(docker) if each.target == "compose"]
    if order.name in {each.deployment for each in others}:
        raise DeployError(
            f"`{order.name}` is deployed with Compose already",
            help=f"`agentc deploy stop {order.name}` first, or take another name: `--name NAME`",
        )
    for end in ("new", "trial"):
        if docker.has("container", f"{order.name}-{end}"):
            raise DeployError(
                f"another deploy of `{order.name}` is under way, or was killed",
                help=f"if it was killed: `docker rm --force {order.name}-{end}`",
            )
    volume = f"{order.name}-state"
    label = ("--format", f'{{{{index .Labels "{LABEL}"}}}}')
    if docker.has("volume", volume) and not docker.ask("volume", "inspect", *label, volume):
        raise DeployError(
            f"there is a volume `{volume}` that agentc has not made",
            help="take another name: `--name NAME`",
        )


def _log(docker: Docker, name: str) -> str:
    done = docker.attempt("logs", "--tail", "40", name)
    return last_lines(done.stdout + done.stderr)
