"""The registry of a server whose connection to PostgreSQL is cut, and whose database others share."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest

from runtime_stubs.serve.archive import Archive
from runtime_stubs.serve.postgres import PostgresHistory, PostgresRuns
from runtime_stubs.serve.record import Draft
from runtime_stubs.serve.registry import Registry
from runtime_stubs.serve.schema import sqlite_tables
from runtime_stubs.serve.store import StoreAway, Superseded
from tests.support.postgres import new_database


@pytest.fixture
def postgres(postgres_url: str) -> str:
    return new_database(postgres_url)


def of(url: str, flow: str = "flow") -> PostgresRuns:
    return PostgresHistory(url).open(flow)


@contextlib.contextmanager
def as_owner(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def cut(url: str) -> None:
    """Cut the connections of all servers of a database."""
    with as_owner(url) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'agentc serve%'"
        )


def test_many_flows_share_a_database(postgres: str) -> None:
    async def check() -> None:
        one, two = Registry(of(postgres, "one")), Registry(of(postgres, "two"))
        run, _ = await one.add(Draft(inputs={}, key="k"))
        assert (await two.add(Draft(inputs={}, key="k")))[1]
        assert await two.get(run) is None
        assert await two.last_key("api") == "k"
        taken = await one.take()
        assert taken is not None
        assert taken.id == run
        assert await two.recover() == 0
        await one.end(taken, "finished", {})
        assert await Archive(two).old_runs(-1, 0) == {}
        assert await one.counts() == {}
        assert await two.counts() == {"queued": 1}
        await one.close()
        await two.close()

    asyncio.run(check())


def test_a_cut_connection_is_made_again(postgres: str) -> None:
    async def check() -> None:
        registry = Registry(of(postgres))
        run, _ = await registry.add(Draft(inputs={}))
        cut(postgres)
        assert await registry.get(run) is not None, "nothing was under way: nobody notices"
        taken = await registry.take()
        assert taken is not None
        cut(postgres)
        await registry.end(taken, "finished", {})
        assert await registry.counts() == {}
        await registry.close()

    asyncio.run(check())


def test_a_cut_in_the_middle_is_told(postgres: str) -> None:
    runs = of(postgres)

    def work(db: object) -> None:
        runs_of_now = db.change("UPDATE agentc_runs SET status = 'lost'")  # type: ignore[attr-defined]
        assert runs_of_now == 0
        cut(postgres)
        db.rows("SELECT 1")  # type: ignore[attr-defined]

    with pytest.raises(StoreAway, match=r"the PostgreSQL database `test_\w+` on .* cannot be used"):
        runs.transact(work)
    assert runs.transact(lambda db: db.rows("SELECT count(*) FROM agentc_runs")) == [(0,)]
    runs.close()


def test_who_was_away_for_too_long_has_lost_its_runs(postgres: str) -> None:
    async def check() -> None:
        slow = Registry(of(postgres))
        run, _ = await slow.add(Draft(inputs={}))
        held = await slow.take()
        assert held is not None
        cut(postgres)
        other = Registry(of(postgres))
        assert await other.recover() == 1
        with pytest.raises(Superseded):
            await slow.end(held, "failed", {})
        assert slow.is_superseded
        taken = await other.take()
        assert taken is not None
        assert taken.id == run
        await other.close()
        with pytest.raises(Superseded):  # the lock is free, the runs are not
            await slow.end(held, "failed", {})
        await slow.close()

    asyncio.run(check())


def test_the_tables_are_the_same_everywhere(postgres: str) -> None:
    of(postgres).close()
    with as_owner(postgres) as owner, contextlib.closing(sqlite3.connect(":memory:")) as file:
        for statement in sqlite_tables():
            file.execute(statement)
        for table in ("agentc_runs", "agentc_events", "agentc_deliveries"):
            there = owner.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
                "ORDER BY ordinal_position",
                (table,),
            ).fetchall()
            here = file.execute(f"PRAGMA table_info({table})").fetchall()
            assert [name for [name] in there] == [row[1] for row in here]
        [[version]] = owner.execute("SELECT version_num FROM agentc_serve_schema").fetchall()
        assert version == "1"
