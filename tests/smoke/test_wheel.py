"""The wheel: installed into an empty environment it compiles as the checkout does."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.environments import make_environment
from tests.support.project import ROOT, build_project, clean_environment

pytestmark = [pytest.mark.smoke, pytest.mark.slow]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)],
        env=clean_environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("agentc-*.whl"))


def test_wheel_compiles_like_the_checkout(wheel: Path, tmp_path: Path) -> None:
    python = make_environment(tmp_path / "venv", str(wheel))
    agentc = python.with_name("agentc")
    source = ROOT / "examples" / "support_desk" / "workflow.yaml"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(agentc), *arguments],
            cwd=tmp_path,
            env=clean_environment({}),
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("--version").stdout.startswith("agentc")
    done = run("build", str(source), "-o", "out")
    assert done.returncode == 0, done.stderr
    build_project(source, tmp_path / "wanted")

    def files(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".agentc" not in path.parts
        }

    assert files(tmp_path / "out") == files(tmp_path / "wanted")
    again = run("build", str(source), "-o", "out", "--check")
    assert again.returncode == 0, again.stderr

    started = run("new", "helpdesk", "--template", "support_desk")
    assert started.returncode == 0, started.stderr
    assert run("check", "helpdesk").returncode == 0


def test_wheel_needs_only_what_compiling_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    required = [
        line
        for line in metadata.splitlines()
        if line.startswith("Requires-Dist") and ";" not in line
    ]
    packages = {line.split(": ")[1].split(">")[0].split("<")[0].lower() for line in required}
    assert packages == {"black", "click", "jinja2", "pydantic", "pyyaml", "ruamel-yaml"}
    assert not [name for name in names if name.startswith(("tests/", "golden/", "bench/"))]
