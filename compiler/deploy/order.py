"""What is to be deployed, and how its container is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from compiler.deploy.problem import DeployError
from compiler.record import dataclass

Target = Literal["docker", "compose", "kubernetes"]

INNER_PORT: Final = 8000
STATE: Final = "/home/agent"
"""Where the container keeps what must outlive it: its home and working folder."""
SERVE: Final = ("serve", "--host", "0.0.0.0", "--port", str(INNER_PORT))
STOP_SECONDS: Final = 45
"""Runs get 30 s to end or to be checkpointed, the rest is for what that writes."""
START_SECONDS: Final = 120.0
_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
_PORT = re.compile(r"(?:(\[[0-9a-fA-F:]+\]|[0-9.]+):)?([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Port:
    """An address of this machine: `number` 0 takes any that is free."""

    host: str
    number: int

    def __str__(self) -> str:
        return f"{self.host}:{self.number}"


@dataclass(frozen=True, slots=True)
class Order:
    """A deployment to be made.

    Args:
        folder: the generated project.
        image: the name the image gets.
        port: None keeps that of the deployment before.
        values: the variables that the container gets.
        has_remote_state: runs, their queue or memory are with another server, not in the container's volume.
        has_workers: workers do the runs: other containers with the same variables, or a process in this one.
    """

    name: str
    package: str
    folder: Path
    image: str
    port: Port | None
    values: Mapping[str, str]
    has_remote_state: bool = False
    has_workers: bool = False


def check_name(name: str) -> str:
    """Return a name that Docker, Compose and Kubernetes all take.

    Raises:
        DeployError: it is none.
    """
    if not _NAME.fullmatch(name):
        raise DeployError(
            f"`{name}` cannot be the name of a deployment: expected at most 40 of a-z, 0-9 and `-`, "
            "a letter first",
            is_usage=True,
        )
    return name


def read_port(text: str) -> Port:
    """Return the port of `8000`, `0.0.0.0:8000` or `[::1]:8000`; a number alone is on this machine only.

    Raises:
        DeployError: it is none of these.
    """
    match = _PORT.fullmatch(text)
    if match is None or int(match[2]) > 65535:
        raise DeployError(
            f"`{text}` is no port: expected `8000`, or an address too: `0.0.0.0:8000`",
            is_usage=True,
        )
    return Port(match[1] or "127.0.0.1", int(match[2]))
