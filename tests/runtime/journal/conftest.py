"""Fixtures of the tests of journals."""

from pathlib import Path

import pytest

from runtime_stubs.durable import Checkpoints
from tests.support.run_stores import PARAMS, run_store


@pytest.fixture(params=PARAMS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Checkpoints:
    """Where the runs of a test are saved."""
    return run_store(request.param, tmp_path, request).checkpoints()


@pytest.fixture
def thread() -> str:
    """The name of the run."""
    return "a thread"
