"""The stores that memory is tested with."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runtime_stubs.memory.postgres import PostgresStore
from runtime_stubs.memory.sqlite import SqliteStore
from runtime_stubs.memory.store import Store

POSTGRES = os.environ.get("AGENTC_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store; PostgreSQL only where `AGENTC_TEST_POSTGRES` gives an address."""
    if request.param == "sqlite":
        yield SqliteStore(str(tmp_path / "new" / "memory.db"))
        return
    if POSTGRES is None:
        pytest.skip("no PostgreSQL address given")
    with contextlib.closing(psycopg.connect(POSTGRES, autocommit=True)) as connection:
        connection.execute("drop table if exists agentc_memory")
    yield PostgresStore(POSTGRES)
