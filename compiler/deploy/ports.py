"""Whether an address of this machine can be listened on, and who has it if not."""

from __future__ import annotations

import errno
import os
import socket

from compiler.deploy.docker import Docker
from compiler.deploy.order import Port
from compiler.deploy.problem import DeployError


def check_port(docker: Docker, port: Port, own: str) -> None:
    """Raise DeployError if somebody else has the port.

    Args:
        own: the name of the deployment that may have it.
    """
    if port.number == 0:
        return
    listed = docker.ask(
        "ps",
        "--filter",
        f"publish={port.number}",
        "--format",
        '{{.Names}}\t{{.Label "com.docker.compose.project"}}',
    )
    holders = [line.split("\t") for line in listed.splitlines()]
    if any(own in holder for holder in holders):
        return
    if holders:
        raise _taken(port, f"the container `{holders[0][0]}` has it")
    if _is_local() and not _is_free(port):
        raise _taken(port, "another program has it")


def _is_free(port: Port) -> bool:
    host = port.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port.number))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def _is_local() -> bool:
    return os.environ.get("DOCKER_HOST", "unix://").startswith("unix://")


def _taken(port: Port, who: str) -> DeployError:
    other = port.number + 1 if port.number < 65535 else 8000
    return DeployError(
        f"port {port.number} is taken: {who}", help=f"take another one: `--port {other}`"
    )
