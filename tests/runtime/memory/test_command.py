"""The command `memory` on a real store."""

from __future__ import annotations

import argparse
import asyncio

import pytest

from runtime_stubs.cli_memory import MemoryCommand
from runtime_stubs.memory.store import Store


def _run(store: Store, *arguments: str) -> int:
    command = MemoryCommand(lambda: store)
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    return command.execute(parser.parse_args(arguments))


@pytest.fixture(autouse=True)
def filled(store: Store) -> None:
    asyncio.run(store.put("agent:ada", "drink", '"tea"', "drink: tea"))
    asyncio.run(store.add_turn("agent:bob", "{}", "hello\nhi"))


def test_inspect_lists_places_and_entries(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(store, "inspect") == 0
    assert capsys.readouterr().out == "agent:ada  1 entries\nagent:bob  1 entries\n"
    assert _run(store, "inspect", "agent:ada") == 0
    assert capsys.readouterr().out == 'drink = "tea"\n'


def test_clear_forgets_one_place_or_all(store: Store) -> None:
    assert _run(store, "clear") == 2
    assert _run(store, "clear", "agent:ada") == 0
    assert asyncio.run(store.places()) == {"agent:bob": 1}
    assert _run(store, "clear", "agent:ada") == 1
    assert _run(store, "clear", "--all") == 0
    assert asyncio.run(store.places()) == {}
