"""What a workflow remembers, with real databases."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from runtime_stubs.memory.meaning import Embedding
from runtime_stubs.memory.memory import Memory, Scope
from runtime_stubs.memory.store import KEPT_TURNS, Store
from runtime_stubs.run import Run, activate, inside_node
from runtime_stubs.tool import call_tool
from runtime_stubs.tools.memory_search import memory_search

ROOT = Path(__file__).parents[3]
T = TypeVar("T")


def run(
    work: Callable[[], Awaitable[T]],
    *,
    workflow: str = "flow",
    node: str = "ask",
    session: str | None = None,
    simulate: bool = False,
) -> T:
    """Do `work` in a node of a run."""

    async def inside() -> T:
        given = Run(workflow=workflow, session=session, simulate=simulate)
        with activate(given), inside_node(node):
            return await work()

    return asyncio.run(inside())


def contents(memory: Memory, **where: str) -> list[str]:
    found = run(memory.history, **where)  # type: ignore[arg-type]
    return [message["content"] for message in found]


def test_turns_come_back_as_messages_in_order(store: Store) -> None:
    memory = Memory(store)
    run(lambda: memory.remember(None, "q1", "a1"))
    run(lambda: memory.remember(None, "q2", {"score": 0.5}))
    assert run(memory.history) == [
        {"role": "user", "content": "q1"},
        {"role": "assistant", "content": "a1"},
        {"role": "user", "content": "q2"},
        {"role": "assistant", "content": '{"score":0.5}'},
    ]


def test_only_the_last_turns_are_given(store: Store) -> None:
    memory = Memory(store, turns=2)
    for n in range(5):
        run(lambda n=n: memory.remember(None, f"q{n}", f"a{n}"))  # type: ignore[misc]
    assert contents(memory) == ["q3", "a3", "q4", "a4"]
    assert run(lambda: memory.history(turns=1))[0]["content"] == "q4"
    assert run(lambda: memory.history(turns=0)) == []


@pytest.mark.parametrize(
    ("scope", "same", "other"),
    [
        ("node", {"node": "ask"}, {"node": "other"}),
        ("workflow", {"node": "other"}, {"workflow": "second"}),
        ("agent", {"workflow": "second", "node": "other"}, {"session": "s2"}),
    ],
)
def test_scopes_share_what_they_say(
    scope: Scope, same: dict[str, str], other: dict[str, str], store: Store
) -> None:
    memory = Memory(store, scope=scope)
    run(lambda: memory.remember(None, "q", "a"))
    run(lambda: memory.write("k", 1))
    assert contents(memory, **same) == ["q", "a"]
    assert contents(memory, **other) == []
    assert run(lambda: memory.read("k", 0), **same) == 1  # type: ignore[arg-type]
    assert run(lambda: memory.read("k", 0), **other) == 0  # type: ignore[arg-type]


def test_sessions_are_apart_in_every_scope(store: Store) -> None:
    for scope in ("agent", "workflow", "node"):
        memory = Memory(store, scope=scope)
        run(lambda m=memory: m.remember(None, "q", "a"), session="one")  # type: ignore[misc]
        assert contents(memory, session="two") == []
        assert contents(memory, session="one") == ["q", "a"]


def test_values(store: Store) -> None:
    memory = Memory(store)
    value = {"a": [1, None, "é\0"], "b": {"c": 1.5}}
    run(lambda: memory.write("prefs/color", "red"))
    run(lambda: memory.write("prefs/all", value))
    run(lambda: memory.write("prefs/color", "blue"))
    run(lambda: memory.write("other", 1))
    assert run(lambda: memory.read("prefs/color")) == "blue"
    assert run(lambda: memory.read("prefs/all")) == value
    assert run(lambda: memory.read("missing")) is None
    assert run(lambda: memory.list("prefs/")) == {"prefs/all": value, "prefs/color": "blue"}
    assert run(lambda: memory.read("other", scope="node")) is None


def test_older_turns_are_summarised_once(store: Store) -> None:
    asked: list[str] = []

    async def summarize(text: str) -> str:
        asked.append(text)
        return f"summary {len(asked)}"

    memory = Memory(store, turns=4, summarize=summarize)
    for n in range(5):
        run(lambda n=n: memory.remember(None, f"q{n}", f"a{n}"))  # type: ignore[misc]
    first = contents(memory)
    assert first == ["Summary of the conversation so far: summary 1", "q3", "a3", "q4", "a4"]
    assert asked == ["User: q0\nAssistant: a0\nUser: q1\nAssistant: a1\nUser: q2\nAssistant: a2"]
    assert contents(memory) == first
    for n in range(5, 8):
        run(lambda n=n: memory.remember(None, f"q{n}", f"a{n}"))  # type: ignore[misc]
    assert contents(memory)[0].endswith("summary 2")
    assert asked[1].startswith("summary 1\nUser: q3")
    assert len(asked) == 2
    assert "agentc:summary" not in run(memory.list)


def test_search_by_keyword(store: Store) -> None:
    memory = Memory(store)
    run(lambda: memory.remember(None, "Which bees make honey?", "Honey bees."))
    run(lambda: memory.remember(None, "What about wasps?", "They make paper nests."))
    run(lambda: memory.write("note", "The queen lays eggs"))
    found = run(lambda: memory.search("HONEY bee", 2))
    assert [each["text"] for each in found] == ["Which bees make honey?\nHoney bees."]
    noted = run(lambda: memory.search("queen eggs"))
    assert (noted[0]["key"], noted[0]["text"]) == ("note", "note: The queen lays eggs")
    assert run(lambda: memory.search("zebra")) == []
    assert len(run(lambda: memory.search("what which make the", 2))) == 2
    assert run(lambda: memory.search("x"), session="none") == []


def test_search_by_meaning_keeps_vectors(store: Store) -> None:
    embedded: list[str] = []

    async def embed(texts: Sequence[str]) -> list[list[float]]:
        embedded.extend(texts)
        words = ("dog", "cat", "car")
        return [[float(word in text) + 0.01 for word in words] for text in texts]

    memory = Memory(store, embedding=Embedding("toy", embed))
    run(lambda: memory.write("a", "a dog"))
    run(lambda: memory.write("b", "a car"))
    found = run(lambda: memory.search("my dog", 1))
    assert [each["key"] for each in found] == ["a"]
    assert sorted(embedded) == ["a: a dog", "b: a car", "my dog"]
    run(lambda: memory.write("b", "a cat"))
    assert [each["key"] for each in run(lambda: memory.search("cat", 1))] == ["b"]
    assert embedded[3:] == ["b: a cat", "cat"]


def test_a_simulated_run_leaves_no_trace(store: Store) -> None:
    memory = Memory(store)
    run(lambda: memory.remember(None, "q", "a"), simulate=True)
    run(lambda: memory.write("k", 1), simulate=True)
    assert contents(memory) == []
    assert run(memory.list) == {}


def test_old_turns_are_deleted(store: Store) -> None:
    memory = Memory(store, turns=KEPT_TURNS)

    async def fill() -> None:
        for n in range(KEPT_TURNS + 5):
            await memory.remember(None, f"q{n}", "a")

    run(lambda: memory.write("kept", 1))
    run(fill)
    assert contents(memory)[0] == "q5"
    assert run(lambda: memory.read("kept")) == 1


def test_parallel_turns_are_all_kept_and_stay_pairs(store: Store) -> None:
    memory = Memory(store, turns=100)

    async def crowd() -> None:
        await asyncio.gather(*(memory.remember(None, f"q{n}", f"a{n}") for n in range(40)))

    run(crowd)
    found = contents(memory)
    assert sorted(found[::2]) == sorted(f"q{n}" for n in range(40))
    assert [question.replace("q", "a") for question in found[::2]] == found[1::2]


def test_processes_that_start_at_once_lose_nothing(store: Store) -> None:
    kind = type(store)
    (address,) = (str(each) for name, each in vars(store).items() if name in ("_path", "_url"))
    code = (
        "import asyncio, sys\nfrom runtime_stubs.memory.memory import Memory\n"
        f"from {kind.__module__} import {kind.__name__}\n"
        f"async def main():\n    memory = Memory({kind.__name__}(sys.argv[1]))\n"
        "    for n in range(25):\n        await memory.remember('agent', sys.argv[2], str(n))\n"
        "        await memory.write(f'{sys.argv[2]}/{n}', n, scope='agent')\n"
        "        await memory.write('shared', n, scope='agent')\n"
        "asyncio.run(main())\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, address, str(number)], cwd=ROOT)
        for number in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0] * 4
    memory = Memory(store, scope="agent", turns=1000)
    assert len(run(memory.history)) == 4 * 25 * 2
    assert len(run(memory.list)) == 4 * 25 + 1


def test_the_search_tool(store: Store, tmp_path: Path) -> None:
    memory = Memory(store)
    run(lambda: memory.write("note", "bees make honey"))
    found = run(lambda: call_tool(memory_search(memory), query="honey"))
    assert isinstance(found, list)
    assert [each["key"] for each in found] == ["note"]
    empty = memory_search(path=str(tmp_path / "other.db"))
    assert run(lambda: call_tool(empty, query="honey", top_k=1)) == []
