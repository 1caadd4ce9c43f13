"""What all tests share: the option that rewrites goldens, and a database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.support.postgres import postgres_server
from tests.support.redis_server import redis_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the tests found into the golden files; look at the diff afterwards",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Generated packages trace their runs; tests of tracing switch it on again.
    os.environ.setdefault("OTEL_SDK_DISABLED", "true")
    # A shell starts background jobs deaf to Ctrl-C, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("goldens are updated by people, not by CI")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL database, shared by the tests of one process."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Redis server, shared by the tests of one process."""
    with redis_server() as server:
        yield server.url
