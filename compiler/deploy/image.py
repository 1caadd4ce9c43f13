"""Builds the image of a generated project."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from compiler.deploy.docker import LABEL, Docker, failure
from compiler.deploy.order import Order
from compiler.deploy.problem import DeployError, last_lines
from compiler.deploy.undo import Undo

_BUNDLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Where a person says which certificates count, for machines behind a proxy with its own."""
_BUNDLE_INSIDE = "/etc/ssl/certs/ca-certificates.crt"
_ARGUMENT = re.compile(r"^ARG[ \t]+(\w+)", re.MULTILINE)


def image_tag(folder: Path) -> str:
    """Return a tag for the image of a project: equal for equal files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not {"__pycache__", ".agentc"} & set(inside.parts):
            digest.update(inside.as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def build_image(docker: Docker, order: Order, undo: Undo) -> None:
    """Build the image; one of this name that was there before is never taken away.

    Raises:
        DeployError: with the last lines of the build.
    """
    if not docker.has("image", order.image):
        undo.add(lambda: docker.attempt("image", "rm", order.image))
    line = ["build", "--progress", "plain", "--tag", order.image]
    line += ["--label", f"{LABEL}={order.name}", *_build_options(order.folder)]
    done = docker.attempt(*line, str(order.folder), seconds=None)
    if done.returncode == 0:
        return
    said = done.stdout + done.stderr
    if "buildx component is missing" in said or "unknown flag: --progress" in said:
        raise DeployError(
            "Docker cannot build the image: its component BuildKit is missing",
            help="install its plugin (`docker-buildx-plugin`)",
        )
    found = failure("the image cannot be built", said)
    found.log = found.log and last_lines(said)
    raise found


def _build_options(folder: Path) -> Iterator[str]:
    """Tell the build how to reach an index, as pip here is told: by arguments the Dockerfile declares, and secrets.

    Neither gets into the image.
    """
    try:
        text = (folder / "Dockerfile").read_text("utf-8")
    except OSError as error:
        raise DeployError(f"cannot read `{folder / 'Dockerfile'}`: {error.strerror}") from None
    for name in dict.fromkeys(_ARGUMENT.findall(text)):
        if name.startswith("PIP_") and name != "PIP_CERT" and name in os.environ:
            yield from ("--build-arg", name)
    settings = os.environ.get("PIP_CONFIG_FILE")
    if settings and Path(settings).is_file():
        yield from ("--secret", f"id=pip,src={settings}")
    given = (os.environ.get(name) for name in _BUNDLES)
    bundle = next((path for path in given if path and Path(path).is_file()), None)
    if bundle is not None:
        yield from ("--secret", f"id=ca,src={bundle}", "--build-arg", f"PIP_CERT={_BUNDLE_INSIDE}")
