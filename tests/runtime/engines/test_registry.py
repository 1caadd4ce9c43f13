"""The tables that workers share, in SQLite and in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from runtime_stubs.engines.database import connect, migrate
from runtime_stubs.engines.migrations import is_current
from runtime_stubs.engines.registry import LEASE, Registry


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shared.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def engine(address: str) -> Iterator[sa.Engine]:
    made = connect(address)
    migrate(made)
    yield made
    with made.begin() as connection:
        for table in ("agentc_workers", "agentc_leases", "agentc_rates"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    made.dispose()


def registry(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, lease: float) -> Registry:
    monkeypatch.setenv(LEASE, str(lease))
    return Registry(engine, "flow")


def test_tables_are_made_once_by_those_who_start_together(address: str) -> None:
    engines = [connect(address) for _ in range(4)]
    threads = [threading.Thread(target=migrate, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with engines[0].begin() as connection:
        assert is_current(connection)
        assert connection.scalar(sa.text("SELECT count(*) FROM agentc_schema")) == 1
    for engine in engines:
        engine.dispose()


def test_a_run_belongs_to_one_worker_that_is_alive(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = registry(engine, monkeypatch, 60)
    assert shared.beat("one", 4) == {}
    lease = shared.take("run", "one")
    assert lease is not None
    assert lease.deaths == 0
    assert shared.take("run", "two") is None
    assert shared.take("run", "one") is None
    assert shared.beat("one", 4) == {lease.run: lease.token}
    [worker] = shared.alive()
    assert (worker.id, worker.concurrency, worker.running) == ("one", 4, 1)
    shared.release(lease)
    assert shared.take("run", "two") is not None


def test_the_run_of_a_dead_worker_is_taken_and_lost(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = registry(engine, monkeypatch, -1)  # dead at once
    shared.beat("one", 4)
    first = shared.take("run", "one")
    assert first is not None
    assert shared.holds(first), "nobody else has taken it: it may go on"
    assert shared.alive() == []
    second = shared.take("run", "two")
    assert second is not None
    assert second.deaths == 1
    assert shared.holds(second)
    assert not shared.holds(first)
    shared.release(first)
    assert shared.holds(second), "who has lost a run cannot give it back"
    shared.revoke("run")
    assert not shared.holds(second)


def test_a_worker_that_leaves_gives_its_runs_away(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = registry(engine, monkeypatch, 60)
    shared.beat("one", 4)
    assert shared.take("run", "one") is not None
    shared.leave("one")
    assert shared.take("run", "two") is not None


def test_only_one_of_many_takes_a_run(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = registry(engine, monkeypatch, 60)
    names = [f"worker {number}" for number in range(8)]
    for name in names:
        shared.beat(name, 1)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda name: shared.take("run", name), names))
    assert sum(lease is not None for lease in taken) == 1


def test_turns_are_spaced_for_everybody(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (registry(engine, monkeypatch, 60) for _ in range(2))
    waits = [each.turn("openai", 60) for each in (one, two, one, two)]
    assert waits == pytest.approx([0, 1, 2, 3], abs=0.5)
    assert one.turn("anthropic", 60) == pytest.approx(0, abs=0.5)
