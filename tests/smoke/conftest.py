"""What smoke tests share: projects installed into environments of their own, made once for all workers."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.environments import make_environment
from tests.support.fake_llm import FakeLLM
from tests.support.project import Project, build_project

WORKFLOWS = Path(__file__).parent / "workflows"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all xdist workers of this session see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def once(shared: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder by name unless another worker has; whoever comes second waits."""

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir(exist_ok=True)
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def installed(
    once: Callable[[str, Callable[[Path], object]], Path],
) -> Callable[[str], Project]:
    """Return a generated project, installed from its pyproject into an environment without agentc."""

    def fill(folder: Path) -> None:
        names = sorted(path.stem for path in WORKFLOWS.glob("*.yaml"))
        for name in names:
            build_project(WORKFLOWS / f"{name}.yaml", folder / name)
        make_environment(folder / "venv", *(str(folder / name) for name in names))

    def get(name: str) -> Project:
        folder = once("installed", fill)
        return Project(folder / name, f"smoke_{name}", folder / "venv" / "bin" / "python")

    return get


@pytest.fixture
def fake_llm() -> Iterator[FakeLLM]:
    """A model server that speaks the wire formats of four providers."""
    with FakeLLM() as fake:
        yield fake
