"""The Docker command line: images of generated projects, built as a user would, and containers of them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

PIP_SETTINGS = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_CERT",
)
"""What a machine may say about the way to its index; the Dockerfile declares them."""
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Of this machine: it may stand behind a proxy that has its own. Same place in the base image."""


@functools.cache
def command() -> str:
    """Return a `docker` that can build with BuildKit, as those of today do by themselves."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for path in dict.fromkeys(shutil.which("docker", path=folder) for folder in folders):
        if path is not None and "--secret" in _output(path, "build", "--help"):
            return path
    raise RuntimeError("no `docker` on the PATH can build with BuildKit")


def run(
    *arguments: str, check: bool = True, seconds: float = 240, input: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `docker ARGUMENTS`; with `check` it must succeed."""
    done = subprocess.run(
        [command(), *arguments],
        env={**os.environ, "DOCKER_BUILDKIT": "1"},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        input=input,
    )
    if check:
        assert done.returncode == 0, f"docker {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done


def build(folder: Path, tag: str, *options: str) -> str:
    """Build the image of a project with what this machine needs to reach its index; return its name."""
    run("build", "--tag", tag, *network_options(), *options, str(folder), seconds=900)
    return tag


def network_options() -> Iterator[str]:
    """The options of `docker build` that let pip reach the index from here; other machines need none."""
    yield from ("--network", "host")
    for name in PIP_SETTINGS:
        if name in os.environ:
            yield from ("--build-arg", name)
    if AUTHORITIES.is_file():
        yield from ("--secret", f"id=ca,src={AUTHORITIES}")


def _output(*line: str) -> str:
    env = {**os.environ, "DOCKER_BUILDKIT": "1"}
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
    return done.stdout
