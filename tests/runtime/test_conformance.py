"""LangGraph's own tests of savers, on ours for Redis and on those it is held against."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import BASE_CAPABILITIES

from tests.support.run_stores import PARAMS, run_store


@pytest.mark.parametrize("kind", PARAMS)
def test_a_saver_does_what_langgraph_expects(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store = run_store(kind, tmp_path, request).checkpoints()

    @checkpointer_test(name=kind)
    async def saver() -> AsyncGenerator[BaseCheckpointSaver[str], None]:
        async with store.open() as opened:
            yield opened.saver

    report = asyncio.run(validate(saver))
    failures = [failure for each in report.results.values() for failure in each.failures]
    assert failures == []
    tried = {name for name, each in report.results.items() if each.tests_passed}
    assert tried >= {each.value for each in BASE_CAPABILITIES}
