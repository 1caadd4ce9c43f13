"""The stores that memory is tested with."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from runtime_stubs.memory.postgres import PostgresStore
from runtime_stubs.memory.redis import RedisStore
from runtime_stubs.memory.sqlite import SqliteStore
from runtime_stubs.memory.store import Store


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    if request.param == "sqlite":
        yield SqliteStore(str(tmp_path / "new" / "memory.db"))
        return
    if request.param == "redis":
        address: str = request.getfixturevalue("redis_url")
        with contextlib.closing(redis.from_url(address)) as client:
            client.flushall()
        yield RedisStore(address)
        return
    url: str = request.getfixturevalue("postgres_url")
    with contextlib.closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("drop table if exists agentc_memory")
    yield PostgresStore(url)
