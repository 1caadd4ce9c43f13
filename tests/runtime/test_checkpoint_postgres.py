"""Saved runs in a real PostgreSQL."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime_stubs.checkpoint_postgres import PostgresCheckpoints
from runtime_stubs.durable import DurableApp
from runtime_stubs.errors import NodeError, Paused, RuntimeFault
from tests.runtime.test_app import Counting

AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if shutil.which("pg_config") is None:
        pytest.skip("PostgreSQL is not installed")
    found = subprocess.run(
        ["pg_config", "--bindir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not (Path(found) / "initdb").exists():
        pytest.skip("PostgreSQL's server is not installed")
    folder = Path(f"/tmp/agentc_postgres_{os.getpid()}")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    def call(program: str, *args: str) -> None:
        subprocess.run(
            [*AS_POSTGRES, f"{found}/{program}", *args],
            cwd="/tmp",
            stdout=subprocess.DEVNULL,
            check=True,
        )

    data = str(folder / "data")
    call("initdb", "-D", data, "-A", "trust", "-U", "postgres")
    options = f"-k {folder} -c listen_addresses=''"
    call("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield f"postgresql:///postgres?host={folder}&user=postgres"
    call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_runs_are_continued_from_postgres(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE", url)
    counting = Counting()
    counting.fail_at, counting.asks = 2, True
    store = PostgresCheckpoints("${env:TEST_DATABASE}")
    app = DurableApp(**counting.settings(), checkpoints=store, graph_hash="one")
    with pytest.raises(NodeError):
        asyncio.run(app.arun({"goal": 3}, thread="t"))
    with pytest.raises(Paused):
        asyncio.run(app.aresume("t"))
    assert asyncio.run(app.aresume("t", ["yes"])) == {"answer": "yes", "count": 3}
    assert len(counting.runs) == 4


def test_without_an_address_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGENTC_CHECKPOINTS", raising=False)
    counting = Counting()
    app = DurableApp(**counting.settings(), checkpoints=PostgresCheckpoints(), graph_hash="one")
    with pytest.raises(RuntimeFault, match="set AGENTC_CHECKPOINTS"):
        asyncio.run(app.arun({"goal": 1}))
