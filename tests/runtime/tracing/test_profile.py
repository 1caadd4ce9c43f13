"""`agentc profile` says the same of a run wherever its trace was kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.smoke.agentc import agentc, environment, write
from tests.smoke.test_cli_profile import FLOW, TRACED
from tests.support.fake_llm import FakeLLM, Step

pytestmark = pytest.mark.slow


def profile(folder: Path, *arguments: str) -> dict[str, Any]:
    done = agentc("profile", "flow.yaml", "--format", "json", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_server_database_and_file_agree(
    tmp_path: Path, mlflow_server: str, mlflow_database: Path
) -> None:
    write(tmp_path, "flow.yaml", FLOW)
    with FakeLLM() as fake:
        fake.always(Step(delay=0.2, text="some"), match="[doubts]")
        to_server = {**fake.env(), **TRACED, "MLFLOW_TRACKING_URI": mlflow_server}
        done = agentc("run", "flow.yaml", "-i", "topic=tea", cwd=tmp_path, env=to_server)
        assert done.returncode == 0, done.stderr
    delivered = _deliver(tmp_path, mlflow_server)
    assert delivered.returncode == 0, delivered.stderr
    file = profile(tmp_path)
    server = profile(tmp_path, "--from", mlflow_server)
    database = profile(tmp_path, "--from", f"sqlite:///{mlflow_database}")
    assert server == file
    assert database == file
    unknown = agentc(
        "profile", "flow.yaml", "--from", mlflow_server, "--experiment", "no", cwd=tmp_path
    )
    assert unknown.returncode == 1
    assert "MLflow refuses with 404" in unknown.stderr


def _deliver(folder: Path, server: str) -> subprocess.CompletedProcess[str]:
    """Deliver what the run may have left waiting."""
    package = next((folder / ".cache").glob("*/sides"))
    return subprocess.run(
        [sys.executable, "-m", "sides", "traces", "deliver"],
        cwd=folder,
        env=environment({"PYTHONPATH": str(package.parent), "MLFLOW_TRACKING_URI": server}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
