"""A worker that has lost a run saves nothing of it any more, in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from runtime_stubs.checkpoint import SqliteCheckpoints
from runtime_stubs.checkpoint_postgres import PostgresCheckpoints
from runtime_stubs.durable import DurableApp
from runtime_stubs.engines.database import migrate
from runtime_stubs.engines.engine import LeaseLost
from runtime_stubs.engines.registry import Lease, Registry
from runtime_stubs.engines.store import Store
from runtime_stubs.engines.store_postgres import PostgresStore
from runtime_stubs.engines.store_sqlite import SqliteStore
from runtime_stubs.journal import Record
from tests.runtime.test_app import Counting


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("AGENTC_CHECKPOINTS", raising=False)
    if request.param == "sqlite":
        return SqliteStore(SqliteCheckpoints(str(tmp_path / "runs.sqlite")))
    monkeypatch.setenv("TEST_DATABASE", request.getfixturevalue("postgres_url"))
    return PostgresStore(PostgresCheckpoints("${env:TEST_DATABASE}"))


@pytest.fixture
def registry(store: Store) -> Iterator[Registry]:
    database: sa.Engine = store.database()
    migrate(database)
    registry = Registry(database, "flow")
    registry.beat("one", 1)
    yield registry
    registry.revoke("fenced")
    registry.leave("one")
    database.dispose()


def taken(registry: Registry) -> Lease:
    lease = registry.take("fenced", "one")
    assert lease is not None
    return lease


def app_of(counting: Counting) -> DurableApp[Any]:
    store = SqliteCheckpoints("unused")
    return DurableApp(**counting.settings(), checkpoints=store, graph_hash="one")


def test_a_run_is_saved_under_its_lease_and_continued_under_another(
    store: Store, registry: Registry
) -> None:
    counting = Counting()
    counting.fail_at = 2

    async def run() -> None:
        async with store.open_all():
            lease = taken(registry)
            app = replace(app_of(counting), checkpoints=store.fenced(lease))
            with pytest.raises(Exception, match="fail"):
                await app.arun_once({"goal": 3}, thread="fenced")
            done = len(counting.runs)
            registry.release(lease)
            app = replace(app, checkpoints=store.fenced(taken(registry)))
            state = await app.arun_once({"goal": 3}, thread="fenced")
            assert state["count"] == 3
            assert len(counting.runs) > done

    asyncio.run(run())
    asyncio.run(_forget(store))


def test_who_has_lost_a_run_saves_nothing(store: Store, registry: Registry) -> None:
    counting = Counting()

    async def run() -> None:
        async with store.open_all():
            lease = taken(registry)
            registry.revoke("fenced")
            app = replace(app_of(counting), checkpoints=store.fenced(lease))
            with pytest.raises(LeaseLost):
                await app.arun_once({"goal": 3}, thread="fenced")
            assert counting.runs == []
            new = store.fenced(taken(registry))
            async with new.open() as opened:
                name = "counting/fenced"
                found = await opened.saver.aget_tuple({"configurable": {"thread_id": name}})
            assert found is None

    asyncio.run(run())


def test_what_is_saved_at_one_moment_is_one_transaction(
    monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("TEST_DATABASE", postgres_url)
    store = PostgresStore(PostgresCheckpoints("${env:TEST_DATABASE}"))
    database = store.database()
    migrate(database)
    registry = Registry(database, "flow")
    registry.beat("one", 1)

    async def run() -> None:
        async with store.open_all(), store.fenced(taken(registry)).open() as opened:
            journal = opened.journals
            records = [Record(f"key {n}", "place", f"answer {n}") for n in range(20)]
            await asyncio.gather(*(journal.write("moment", each) for each in records))
            assert len(await journal.places("moment")) == 20
            with database.connect() as connection:
                sql = "SELECT count(DISTINCT xmin::text) FROM agentc_journal WHERE thread_id = 'moment'"
                assert connection.scalar(sa.text(sql)) == 1
            registry.revoke("fenced")
            with pytest.raises(LeaseLost):
                await journal.clear("moment")
            assert len(await journal.places("moment")) == 20

    asyncio.run(run())
    registry.leave("one")
    with database.begin() as connection:
        connection.execute(sa.text("DELETE FROM agentc_journal WHERE thread_id = 'moment'"))
    database.dispose()


async def _forget(store: Store) -> None:
    async with store.checkpoints.open() as opened:  # type: ignore[attr-defined]
        await opened.saver.adelete_thread("counting/fenced")
