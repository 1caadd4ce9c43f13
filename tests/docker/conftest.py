"""Images of two workflows, built once for each worker; a second worker finds the layers in the engine's cache."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import docker
from tests.support.fake_llm import FakeLLM
from tests.support.project import Project, build_project

WORKFLOWS = Path(__file__).parent / "workflows"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    """Return the generated project of a workflow."""
    folder = tmp_path_factory.mktemp("projects")
    made: dict[str, Project] = {}

    def get(name: str) -> Project:
        if name not in made:
            source = WORKFLOWS / f"{name}.yaml"
            made[name] = build_project(source, folder / name, with_server=name == "served")
        return made[name]

    return get


@pytest.fixture(scope="session")
def image(project: Callable[[str], Project]) -> Iterator[Callable[[str, str], str]]:
    """Return the name of a workflow's image: `distroless`, built as the default, or `slim`."""
    made: dict[tuple[str, str], str] = {}

    def get(name: str, target: str = "distroless") -> str:
        if (name, target) not in made:
            options = [] if target == "distroless" else ["--target", target]
            tag = f"agentc-test/{name}:{target}-{os.getpid()}"
            made[name, target] = docker.build(project(name).folder, tag, *options)
        return made[name, target]

    yield get
    for tag in made.values():
        docker.run("image", "rm", "--force", tag, check=False)


@pytest.fixture
def volume() -> Iterator[str]:
    """A volume for state, gone after the test."""
    name = f"agentc-test-{os.getpid()}"
    docker.run("volume", "create", name)
    yield name
    docker.run("volume", "rm", "--force", name)


@pytest.fixture
def fake_llm() -> Iterator[FakeLLM]:
    """A model server that speaks the wire formats of four providers."""
    with FakeLLM() as fake:
        yield fake
