"""Saved runs in a real PostgreSQL."""

import asyncio

import pytest

from runtime_stubs.checkpoint_postgres import PostgresCheckpoints
from runtime_stubs.durable import DurableApp
from runtime_stubs.errors import NodeError, Paused, RuntimeFault
from tests.runtime.test_app import Counting


@pytest.mark.slow
def test_runs_are_continued_from_postgres(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE", postgres_url)
    counting = Counting()
    counting.fail_at, counting.asks = 2, True
    store = PostgresCheckpoints("${env:TEST_DATABASE}")
    app = DurableApp(**counting.settings(), checkpoints=store, graph_hash="one")
    with pytest.raises(NodeError):
        asyncio.run(app.arun({"goal": 3}, thread="t"))
    with pytest.raises(Paused):
        asyncio.run(app.aresume("t"))
    assert asyncio.run(app.aresume("t", ["yes"])) == {"answer": "yes", "count": 3}
    assert len(counting.runs) == 4


def test_without_an_address_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGENTC_CHECKPOINTS", raising=False)
    counting = Counting()
    app = DurableApp(**counting.settings(), checkpoints=PostgresCheckpoints(), graph_hash="one")
    with pytest.raises(RuntimeFault, match="set AGENTC_CHECKPOINTS"):
        asyncio.run(app.arun({"goal": 1}))
