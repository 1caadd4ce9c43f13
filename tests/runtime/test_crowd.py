"""Eight processes that save their runs, journals and memories in one database lose nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres", "redis"])
def test_eight_processes_lose_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = str(tmp_path / "shared.sqlite")  # runs and memories in the same file
    address = file if kind == "sqlite" else request.getfixturevalue(f"{kind}_url")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.crowd", address, file, "8", "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {"codes": [0] * 8, "wrong": [], "turns": 0, "calls": 0, "left": []}, done.stderr
