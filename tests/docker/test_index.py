"""Builds where pip needs a password and a certificate of the company's: they get both, and keep neither."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.deploy.docker import Docker
from compiler.deploy.image import build_image
from compiler.deploy.order import Order
from compiler.deploy.problem import DeployError
from compiler.deploy.undo import undone_unless_finished
from tests.docker.conftest import WORKFLOWS
from tests.docker.test_image import layers
from tests.support import docker
from tests.support.package_index import PASSWORD, PackageIndex, package_index
from tests.support.project import build_project

pytestmark = [pytest.mark.docker, pytest.mark.slow]

PACKAGE = "agentc_test_company"


@pytest.fixture
def version() -> str:
    """A version that no build before had: none of its layers are there."""
    return f"1.{os.getpid()}.{time.time_ns()}"


@pytest.fixture
def gateway() -> str:
    """What containers call this machine."""
    form = "{{(index .IPAM.Config 0).Gateway}}"
    return docker.run("network", "inspect", "bridge", "--format", form).stdout.strip()


@pytest.fixture
def index(
    tmp_path: Path, version: str, gateway: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PackageIndex]:
    """A company's index; what this machine says of its own way to an index does not count."""
    for name in list(os.environ):
        if name.startswith("PIP_") or name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.delenv(name)
    with package_index(tmp_path, PACKAGE, version, gateway) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, version: str) -> Path:
    """A generated project that needs nothing but the company's package."""
    made = build_project(WORKFLOWS / "plain.yaml", tmp_path / "project").folder
    (made / "docker" / "requirements.txt").write_text(f"{PACKAGE}=={version}\n", "utf-8")
    return made


@pytest.fixture
def image() -> Iterator[str]:
    name = f"agentc-test/company:{os.getpid()}"
    yield name
    docker.run("image", "rm", "--force", name, check=False)


def keeps_nothing(image: str, index: PackageIndex) -> None:
    """See that neither password nor certificate is in the layers, the history or the settings of an image."""
    said = docker.run("history", "--no-trunc", image).stdout
    said += docker.run("image", "inspect", image).stdout
    certificate = index.bundle.read_bytes().splitlines()[1]
    assert PASSWORD not in said
    for layer in layers(image):
        assert PASSWORD.encode() not in layer
        assert certificate not in layer


def deploy(folder: Path, image: str) -> None:
    with undone_unless_finished() as undo:
        build_image(Docker(), Order("company", "image_plain", folder, image, None, {}), undo)


def test_deploy_tells_a_build_what_the_environment_says(
    index: PackageIndex, folder: Path, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", index.url("localhost"))
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(DeployError) as failure:
        deploy(folder, image)
    assert "SSL_CERT_FILE" in str(failure.value.help)
    assert PASSWORD not in failure.value.log
    monkeypatch.setenv("SSL_CERT_FILE", str(index.bundle))
    deploy(folder, image)
    assert any(path.endswith(".whl") for path in index.served)
    keeps_nothing(image, index)


def test_compose_takes_files_for_a_build(
    index: PackageIndex,
    folder: Path,
    image: str,
    gateway: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {index.url(gateway)}\n", "utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(index.bundle))
    monkeypatch.setenv("AGENTC_IMAGE", image)
    file = str(folder / "compose.yaml")
    assert PASSWORD not in docker.run("compose", "--file", file, "config").stdout
    docker.run("compose", "--file", file, "build")
    assert any(path.endswith(".whl") for path in index.served)
    keeps_nothing(image, index)
