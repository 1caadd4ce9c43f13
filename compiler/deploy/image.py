"""Builds the image of a generated project."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from compiler.deploy.docker import LABEL, Docker, failure
from compiler.deploy.index import index_access
from compiler.deploy.order import Order
from compiler.deploy.problem import DeployError, last_lines
from compiler.deploy.undo import Undo


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
    access = index_access(os.environ)
    if not docker.has("image", order.image):
        undo.add(lambda: docker.attempt("image", "rm", order.image))
    line = ["build", "--progress", "plain", "--tag", order.image]
    line += ["--label", f"{LABEL}={order.name}", *access.options]
    done = docker.seeing(access.variables).attempt(*line, str(order.folder), seconds=None)
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
    if "CERTIFICATE_VERIFY_FAILED" in said:
        found.help = "behind a proxy with certificates of its own: `export SSL_CERT_FILE=FILE`"
    raise found


def drop_images(docker: Docker, deployment: str, *, but: str | None = None) -> None:
    """Remove the images that were built for a deployment; what is still used or was named by a person stays."""
    mine = ("--filter", f"label={LABEL}={deployment}", "--format", "{{.Repository}}:{{.Tag}}")
    for image in docker.ask("image", "ls", *mine).split():
        if image.startswith("agentc/") and image != but:
            docker.attempt("image", "rm", image)
