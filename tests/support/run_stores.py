"""Where tests save runs: a file, a PostgreSQL schema or a Redis server, empty and of their own."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import redis

from runtime_stubs.checkpoint import SqliteCheckpoints
from runtime_stubs.checkpoint_postgres import PostgresCheckpoints
from runtime_stubs.checkpoint_redis import RedisCheckpoints
from runtime_stubs.durable import Checkpoints

PARAMS = ("sqlite", pytest.param("postgres", marks=pytest.mark.slow), "redis")
"""The kinds as parameters of a test that also runs in the quick round: PostgreSQL takes seconds to start."""


@dataclass(frozen=True)
class RunStore:
    """An empty store; `address` is the path of its file or its URL."""

    kind: str
    address: str

    def checkpoints(self) -> Checkpoints:
        """Return the store as an app takes it."""
        made = {
            "sqlite": SqliteCheckpoints,
            "postgres": PostgresCheckpoints,
            "redis": RedisCheckpoints,
        }
        checkpoints: Checkpoints = made[self.kind](self.address)
        return checkpoints


def kind_of_store(address: str) -> str:
    """Return the kind of store that an address means."""
    scheme = address.partition(":")[0]
    return {"postgresql": "postgres", "unix": "redis", "redis": "redis"}.get(scheme, "sqlite")


def run_store(kind: str, folder: Path, request: pytest.FixtureRequest) -> RunStore:
    """Return an empty store of a kind; a file is made in `folder`."""
    if kind == "sqlite":
        return RunStore(kind, str(folder / "runs.sqlite"))
    server: str = request.getfixturevalue(f"{kind}_url")
    if kind == "redis":
        with contextlib.closing(redis.from_url(server)) as client:
            client.flushall()
        return RunStore(kind, server)
    schema = f"runs_{time.time_ns()}"
    with contextlib.closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"create schema {schema}".encode())
    return RunStore(kind, f"{server}&options={quote(f'-csearch_path={schema}')}")
