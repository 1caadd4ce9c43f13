"""Servers that take traces, or do not."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.runtime.tracing.collector import FakeCollector
from tests.runtime.tracing.reader import MlflowReader
from tests.support.project import ROOT

# The environment that `make` fills; the tests run in folders of their own.
MLFLOW = ROOT / os.environ.get("AGENTC_TEST_MLFLOW", ".venv/mlflow") / "bin" / "mlflow"
PATIENCE = 240.0  # seconds: a new database takes most of a minute


@pytest.fixture(autouse=True)
def traced_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch tracing on, in a folder of its own, with nothing set in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("OTEL_", "MLFLOW_")):
            monkeypatch.delenv(name)


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """A server that takes OTLP and remembers what it was sent."""
    with FakeCollector() as server:
        yield server


@pytest.fixture
def refusing_address() -> str:
    """An address nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(scope="session")
def mlflow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the MLflow server runs, and makes its database."""
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture
def mlflow_database(mlflow_server: str, mlflow_folder: Path) -> Path:
    """The database of the server."""
    return mlflow_folder / "mlflow.db"


@pytest.fixture(scope="session")
def mlflow_server(mlflow_folder: Path) -> Iterator[str]:
    """The address of a real MLflow server with an empty database."""
    folder = mlflow_folder
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [str(MLFLOW), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    quiet = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **quiet},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def mlflow_reader() -> Iterator[MlflowReader]:
    """MLflow's own client."""
    with MlflowReader(MLFLOW.with_name("python")) as reader:
        yield reader


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, "the MLflow server has ended"
        try:
            with urlopen(f"{address}/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError("the MLflow server does not answer")
