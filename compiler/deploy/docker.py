"""The Docker command line: how it is called, and what its failures mean."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

from compiler.deploy.problem import DeployError, last_lines

LABEL: Final = "org.agentc.deployment"
TARGET_LABEL: Final = "org.agentc.target"
PACKAGE_LABEL: Final = "org.agentc.package"
SECONDS: Final = 120.0
"""Longest time of a call that only asks or starts something."""


class Docker:
    """Calls `docker`.

    Args:
        values: variables that the calls see beside this process's own: `--env NAME` and Compose take values
            from there, so that none stands in a command line.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        command = shutil.which("docker")
        if command is None:
            raise DeployError(
                "the command `docker` is not there",
                help="install Docker, or write the files only: `--generate-only`",
            )
        self._command = command
        self._environment = {**os.environ, "DOCKER_BUILDKIT": "1", **(values or {})}

    def seeing(self, values: Mapping[str, str]) -> Docker:
        """Return the same with further variables."""
        return Docker({**self._environment, **values})

    def check(self) -> None:
        """Raise DeployError if the engine cannot be used."""
        done = self.attempt("version", "--format", "{{.Server.Version}}")
        if done.returncode:
            raise engine_problem(done.stderr)

    def attempt(
        self, *arguments: str, seconds: float | None = SECONDS, folder: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `docker ARGUMENTS` and return how it ended.

        Raises:
            DeployError: it takes longer than `seconds`.
        """
        try:
            return subprocess.run(
                [self._command, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
                cwd=folder,
            )
        except subprocess.TimeoutExpired:
            shown = " ".join(arguments[:2])
            raise DeployError(
                f"`docker {shown}` took longer than {SECONDS:g} s: the engine does not answer"
            ) from None

    def ask(self, *arguments: str, seconds: float | None = SECONDS) -> str:
        """Run `docker ARGUMENTS` and return what it printed.

        Raises:
            DeployError: it failed.
        """
        done = self.attempt(*arguments, seconds=seconds)
        if done.returncode:
            raise failure(f"`docker {arguments[0]}` failed", done.stderr)
        return done.stdout.strip()

    def hand_over(self, *arguments: str) -> int:
        """Run `docker ARGUMENTS` with this process's own streams and return its exit code."""
        try:
            return subprocess.run(
                [self._command, *arguments], env=self._environment, check=False
            ).returncode
        except KeyboardInterrupt:
            return 130

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a container, image, volume or network."""
        return self.attempt(kind, "inspect", name).returncode == 0


def failure(message: str, said: str) -> DeployError:
    """Return the error for a call that failed: the engine's own troubles go before the call's."""
    if _is_about_the_engine(said):
        return engine_problem(said)
    return DeployError(message, log=last_lines(said))


def engine_problem(said: str) -> DeployError:
    """Return the error for an engine that cannot be used."""
    if "permission denied" in said.lower():
        return DeployError(
            "this user may not use the Docker engine",
            help="add the user to the group `docker`, or use a rootless engine",
            log=last_lines(said, 1),
        )
    start = "start it: `sudo systemctl start docker`, or Docker Desktop"
    return DeployError(
        "the Docker engine does not answer",
        help=f"{start}; `DOCKER_HOST` says where it is" if os.environ.get("DOCKER_HOST") else start,
        log=last_lines(said, 1),
    )


def _is_about_the_engine(said: str) -> bool:
    text = said.lower()
    return "cannot connect to the docker daemon" in text or (
        "permission denied" in text and "docker daemon socket" in text
    )
