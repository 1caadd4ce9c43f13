"""Saved runs in all databases: a real file, a real PostgreSQL, a real Redis."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig

from runtime_stubs.checkpoint import SqliteCheckpoints
from runtime_stubs.checkpoint_postgres import PostgresCheckpoints
from runtime_stubs.checkpoint_redis import RedisCheckpoints
from runtime_stubs.durable import Checkpoints, DurableApp
from runtime_stubs.errors import NodeError, Paused, RuntimeFault
from tests.runtime.test_app import Counting, State
from tests.support.run_stores import PARAMS, run_store


def app_of(counting: Counting, store: Checkpoints) -> DurableApp[State]:
    return DurableApp(**counting.settings(), checkpoints=store, graph_hash="one")


@pytest.mark.parametrize("kind", PARAMS)
def test_runs_are_continued(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run_store(kind, tmp_path, request)
    monkeypatch.setenv("TEST_DATABASE", found.address)
    if kind == "sqlite":
        store = found.checkpoints()
    else:
        store = (PostgresCheckpoints if kind == "postgres" else RedisCheckpoints)(
            "${env:TEST_DATABASE}"
        )
    counting = Counting()
    counting.fail_at, counting.asks = 2, True
    app = app_of(counting, store)
    with pytest.raises(NodeError):
        asyncio.run(app.arun({"goal": 3}, thread="t {1}/ä"))
    with pytest.raises(Paused):
        asyncio.run(app.aresume("t {1}/ä"))
    assert asyncio.run(app.aresume("t {1}/ä", ["yes"])) == {"answer": "yes", "count": 3}
    assert len(counting.runs) == 4


@pytest.mark.parametrize("make", [PostgresCheckpoints, RedisCheckpoints])
def test_without_an_address_it_says_what_to_set(
    make: type[PostgresCheckpoints | RedisCheckpoints], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AGENTC_CHECKPOINTS", raising=False)
    with pytest.raises(RuntimeFault, match="set AGENTC_CHECKPOINTS"):
        asyncio.run(app_of(Counting(), make()).arun({"goal": 1}))


@pytest.mark.parametrize("kind", PARAMS)
def test_the_history_of_a_thread_is_listed_newest_first(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    app = app_of(Counting(), run_store(kind, tmp_path, request).checkpoints())
    for thread in ("one", "two"):
        asyncio.run(app.arun({"goal": 2}, thread=thread))

    async def counts(thread: str | None) -> list[int | None]:
        named: RunnableConfig = {"configurable": {"thread_id": f"counting/{thread}"}}
        async with app.checkpoints.open() as opened:
            found = [each async for each in opened.saver.alist(named if thread else None)]
        return [each.checkpoint["channel_values"].get("count") for each in found]

    assert asyncio.run(counts("one")) == [2, 2, 1, None, None]
    assert len(asyncio.run(counts(None))) == 10


def test_a_file_of_an_earlier_langgraph_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(
            "CREATE TABLE writes (thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', "
            "checkpoint_id TEXT NOT NULL, task_id TEXT NOT NULL, idx INTEGER NOT NULL, "
            "channel TEXT NOT NULL, type TEXT, value BLOB, "
            "PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx))"
        )
    app = app_of(Counting(), SqliteCheckpoints(str(path)))
    assert asyncio.run(app.arun({"goal": 2}, thread="one"))["count"] == 2


def test_runs_of_one_file_at_the_same_time_are_all_saved(tmp_path: Path) -> None:
    app = app_of(Counting(), SqliteCheckpoints(str(tmp_path / "runs.sqlite")))

    async def all_of_them() -> list[State]:
        return await asyncio.gather(*(app.arun({"goal": 2}, thread=str(n)) for n in range(20)))

    assert [each["count"] for each in asyncio.run(all_of_them())] == [2] * 20
    assert [asyncio.run(app.aresume(str(n)))["count"] for n in range(20)] == [2] * 20
