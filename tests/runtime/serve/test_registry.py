"""The registry of a server, in SQLite and in PostgreSQL."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_stubs.errors import InputError, PendingQuestion
from runtime_stubs.serve.archive import Archive, Happened
from runtime_stubs.serve.ports import KeyReused
from runtime_stubs.serve.postgres import PostgresHistory
from runtime_stubs.serve.record import Draft
from runtime_stubs.serve.redis import RedisHistory
from runtime_stubs.serve.registry import MAX_ATTEMPTS, Registry
from runtime_stubs.serve.sqlite import SqliteRuns
from runtime_stubs.serve.store import Database
from tests.support.postgres import new_database

Open = Callable[[], Database]


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def open_runs(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """What opens the same runs again."""
    if request.param == "sqlite":
        return lambda: SqliteRuns(tmp_path / "folder" / "runs.sqlite")
    if request.param == "redis":
        request.getfixturevalue("monkeypatch").setenv("AGENTC_WORKER_LEASE", "2")
        address = request.getfixturevalue("redis_url")
        flow = request.node.name  # Redis has no databases to make
        return lambda: RedisHistory(address).open(flow)
    url = new_database(request.getfixturevalue("postgres_url"))
    return lambda: PostgresHistory(url).open("flow")


def test_a_run_is_taken_once_and_ends_once(open_runs: Open) -> None:
    async def check() -> None:
        registry = Registry(open_runs())
        first, _ = await registry.add(Draft(inputs={"n": 1}, user="ada\0", session="s"))
        second, _ = await registry.add(Draft(inputs={"n": 2}, simulate=True))
        assert await registry.counts() == {"queued": 2}
        taken = await registry.take()
        assert taken is not None
        assert (taken.id, taken.inputs, taken.session) == (first, {"n": 1}, "s")
        other = await registry.take()
        assert other is not None
        assert (other.id, other.simulate) == (second, True)
        assert await registry.take() is None
        await registry.requeue(other)
        again = await registry.take()
        assert again is not None
        # What is said late of an earlier taking counts for nothing.
        await registry.end(other, "failed", {"error": "late"})
        await registry.requeue(other)
        assert await registry.counts() == {"running": 2}
        await registry.end(again, "finished", {"state": {"text": "ü\0"}})
        record = await registry.get(second)
        assert record is not None
        assert (record.status, record.outcome) == ("finished", {"state": {"text": "ü\0"}})
        assert await registry.get("nothing") is None
        await registry.close()

    asyncio.run(check())


def test_a_key_stands_for_one_run_for_good(open_runs: Open) -> None:
    async def check() -> None:
        registry = Registry(open_runs())
        run, is_new = await registry.add(Draft(inputs={}, key="k", digest="d"))
        assert is_new
        assert await registry.add(Draft(inputs={}, key="k", digest="d")) == (run, False)
        assert (await registry.add(Draft(inputs={}, key="k", digest="d", source="x")))[1]
        with pytest.raises(KeyReused):
            await registry.add(Draft(inputs={}, key="k", digest="other"))
        # By bytes, as all databases must: those of a language put `Z` after `a`.
        for key in ("a", "Z", "a"):
            await registry.note("clock", key)
        assert await registry.last_key("clock") == "a"
        assert await registry.last_key("nobody") is None
        await registry.close()

    asyncio.run(check())


def test_what_was_going_on_is_queued_again_but_not_for_ever(open_runs: Open) -> None:
    async def check() -> None:
        for start in range(MAX_ATTEMPTS):
            registry = Registry(open_runs())
            assert await registry.recover() == (1 if start else 0)
            if not start:
                run, _ = await registry.add(Draft(inputs={}))
            taken = await registry.take()
            assert taken is not None
            assert await registry.recover([taken.id]) == 0, "it goes on here"
            await registry.close()
        registry = Registry(open_runs())
        assert await registry.recover() == 0
        record = await registry.get(run)
        assert record is not None
        assert record.outcome["error"]["kind"] == "ServerStopped"  # type: ignore[index]
        await registry.close()

    asyncio.run(check())


def test_questions_replies_and_their_times(open_runs: Open) -> None:
    async def check() -> None:
        registry = Registry(open_runs())
        run, _ = await registry.add(Draft(inputs={}, reply_to="7"))
        taken = await registry.take()
        assert taken is not None
        soon = time.time() + 0.2
        await registry.end(
            taken, "paused", {}, [PendingQuestion("q", "node", "sure?", ("y",), soon)]
        )
        assert await registry.next_wake() == pytest.approx(soon)
        assert await registry.take() is None
        assert not await registry.cancel("nothing")
        await asyncio.sleep(0.3)
        taken = await registry.take()
        assert taken is not None
        assert taken.questions[0].choices == ("y",)
        await registry.end(taken, "paused", {}, taken.questions)
        assert await registry.answer(run, ["y"])
        assert not await registry.answer(run, ["y"])
        taken = await registry.take()
        assert taken is not None
        assert taken.answers == ("y",)
        await registry.end(taken, "finished", {}, replies=True)
        due = await registry.due_reply()
        assert due is not None
        await registry.replied(run, due.reply_tries, again_at=soon + 60)
        assert await registry.due_reply() is None
        assert await registry.next_reply() == pytest.approx(soon + 60)
        await registry.close()

    asyncio.run(check())


def test_events_are_kept_and_old_runs_go(open_runs: Open) -> None:
    async def check() -> None:
        registry = Registry(open_runs())
        archive = Archive(registry)
        runs = []
        for number in range(3):
            run, _ = await registry.add(Draft(inputs={"n": number}))
            taken = await registry.take()
            assert taken is not None
            await registry.end(taken, "finished", {})
            told = [Happened(n, "Told", {"n": n}) for n in range(1, 4)]
            await archive.add({run: told})
            await archive.add({run: told[2:]})  # a second time does no harm
            runs.append(run)
        assert await archive.events(runs[0], 1, 3) == [Happened(2, "Told", {"n": 2})]
        assert await archive.last_number(runs[0]) == 3
        assert await archive.last_number("nothing") == 0
        assert await archive.old_runs(3600, most=5) == {}
        assert await archive.old_runs(3600, most=2) == {runs[0]: 1}
        assert list(await archive.old_runs(-1, most=5)) == runs
        await archive.delete(runs[:2])
        assert await archive.events(runs[0], 0, 9) == []
        assert await archive.last_number(runs[2]) == 3
        assert await registry.get(runs[1]) is None
        await registry.close()

    asyncio.run(check())


def test_a_second_server_is_refused(open_runs: Open) -> None:
    first = open_runs()
    with pytest.raises(InputError, match="another server uses"):
        open_runs()
    first.close()
    open_runs().close()


def test_what_cannot_be_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "torn.sqlite").write_bytes(b"no database" * 1000)
    for path in (tmp_path, tmp_path / "torn.sqlite", tmp_path / "torn.sqlite" / "below"):
        with pytest.raises(InputError, match="runs cannot be kept in|another server"):
            SqliteRuns(path)


def test_files_of_earlier_versions_are_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("""
            CREATE TABLE runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
                status TEXT NOT NULL, source TEXT NOT NULL, inputs TEXT NOT NULL,
                simulate INTEGER NOT NULL, session TEXT, created REAL NOT NULL, finished REAL,
                attempts INTEGER NOT NULL DEFAULT 0, answers TEXT NOT NULL DEFAULT '[]',
                outcome TEXT NOT NULL DEFAULT '{}', questions TEXT NOT NULL DEFAULT '[]',
                wake REAL, reply_to TEXT, reply_tries INTEGER NOT NULL DEFAULT 0, reply_at REAL);
            CREATE TABLE events (run TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
                data TEXT NOT NULL, PRIMARY KEY (run, number)) WITHOUT ROWID;
            CREATE TABLE deliveries (source TEXT NOT NULL, key TEXT NOT NULL,
                digest TEXT NOT NULL, run TEXT, received REAL NOT NULL,
                PRIMARY KEY (source, key)) WITHOUT ROWID;
            INSERT INTO runs (id, status, source, inputs, simulate, created)
                VALUES ('r', 'running', 'api', '{"n": 1}', 0, 1.0);
            INSERT INTO events VALUES ('r', 1, 'Told', '{}');
            INSERT INTO deliveries VALUES ('api', 'k', 'd', 'r', 9e9);
            """)

    async def check() -> None:
        registry = Registry(SqliteRuns(path))
        assert await registry.recover() == 1
        assert await registry.add(Draft(inputs={}, key="k", digest="d")) == ("r", False)
        taken = await registry.take()
        assert taken is not None
        assert (taken.id, taken.inputs) == ("r", {"n": 1})
        assert len(await Archive(registry).events("r", 0, 9)) == 1
        await registry.close()

    for _ in range(2):  # the second time there is nothing to take over
        asyncio.run(check())
