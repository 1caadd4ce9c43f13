"""A saved run remembers a turn of its agent once."""

import asyncio
import json
from pathlib import Path

import pytest

from runtime_stubs.attempts import afterwards
from runtime_stubs.durable import Checkpoints
from runtime_stubs.errors import RunTimeout
from runtime_stubs.llm import ask_text
from runtime_stubs.memory.memory import Memory
from runtime_stubs.memory.sqlite import SqliteStore
from runtime_stubs.retry import Retry
from tests.runtime.journal.two_steps import ONCE, app_of, failing, prompts
from tests.support.fake_llm import FakeLLM, Step


def test_a_turn_is_remembered_once(
    fake_llm: FakeLLM, store: Checkpoints, thread: str, tmp_path: Path
) -> None:
    memory = Memory(SqliteStore(str(tmp_path / "memory.db")))
    fail = failing(2)

    async def first() -> str:
        answer = await ask_text(ONCE, "one")
        await memory.remember(None, "one", answer)
        fail()
        return answer

    fake_llm.script(Step(text="a"), Step(text="b"), Step(text="c"))
    app = app_of(store, first, retry=Retry(max_attempts=3, backoff=0.01))
    asyncio.run(app.arun({}, thread=thread))
    [turn] = asyncio.run(memory.store.turns("agent:default", after=0, limit=9))
    assert json.loads(turn.value) == {"prompt": "one", "answer": "c"}


def test_a_turn_is_not_remembered_again_when_the_run_goes_on(
    fake_llm: FakeLLM, store: Checkpoints, thread: str, tmp_path: Path
) -> None:
    memory = Memory(SqliteStore(str(tmp_path / "memory.db")))
    out_of_time = iter([TimeoutError()])

    class Late(SqliteStore):
        """Has added the turn when the time of the run is up."""

        async def put(self, place: str, key: str, value: str, text: str) -> None:
            if next(out_of_time, None):
                await asyncio.sleep(9)

    late = Memory(Late(str(tmp_path / "memory.db")))

    async def first() -> str:
        answer = await ask_text(ONCE, "one")
        await memory.remember(None, "one", answer)
        await afterwards(lambda: late.write("mood", "fine"))
        return answer

    app = app_of(store, first)
    app.timeout = 1.5
    with pytest.raises(RunTimeout):
        asyncio.run(app.arun({}, thread=thread))
    asyncio.run(app.aresume(thread))
    assert len(asyncio.run(memory.store.turns("agent:default", after=0, limit=9))) == 1
    assert prompts(fake_llm) == ["one"]
