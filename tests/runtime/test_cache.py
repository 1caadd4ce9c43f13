"""Answers are kept and given again, whatever happens to the file."""

import asyncio
from pathlib import Path

from pydantic import BaseModel

from runtime_stubs.budget import Budget
from runtime_stubs.cache import AnswerCache
from runtime_stubs.events import ModelCalled, Warned
from runtime_stubs.llm import ask, ask_text
from runtime_stubs.run import Run
from tests.runtime.models import in_run, model
from tests.support.fake_llm import FakeLLM, Step


class Score(BaseModel):
    score: int


def test_second_question_is_not_asked(fake_llm: FakeLLM, tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "answers.sqlite")
    first = model(cache=AnswerCache(60, path))
    again = model(cache=AnswerCache(60, path))  # another process would open it anew as well
    answer, _ = in_run(ask_text(first, "?"))
    run = Run(budget=Budget(max_llm_calls=0).start())
    assert in_run(ask_text(again, "?"), run) == (answer, [])
    assert len(fake_llm.requests) == 1
    in_run(ask_text(again, "other"))
    in_run(ask_text(model(cache=AnswerCache(60, path), temperature=1.0), "?"))
    assert len(fake_llm.requests) == 3


def test_old_answers_are_forgotten(fake_llm: FakeLLM, tmp_path: Path) -> None:
    short = model(cache=AnswerCache(0.05, str(tmp_path / "a.sqlite")))

    async def twice() -> None:
        await ask_text(short, "?")
        await asyncio.sleep(0.1)
        await ask_text(short, "?")

    in_run(twice())
    assert len(fake_llm.requests) == 2


def test_only_usable_answers_are_kept(fake_llm: FakeLLM, tmp_path: Path) -> None:
    cached = model(cache=AnswerCache(60, str(tmp_path / "a.sqlite")))
    fake_llm.script(Step(text="nonsense"), Step(value={"score": 1}), Step(value={"score": 2}))
    assert in_run(ask(cached, "?", Score))[0].score == 1
    assert in_run(ask(cached, "?", Score))[0].score == 2  # the first question was never answered
    assert in_run(ask(cached, "?", Score))[0].score == 2
    assert len(fake_llm.requests) == 3


def test_broken_file_does_not_fail_the_run(fake_llm: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"this is no database" * 100)
    cached = model(cache=AnswerCache(60, str(path)))

    async def twice() -> None:
        await ask_text(cached, "?")
        await ask_text(cached, "?")

    _, events = in_run(twice())
    assert sum(isinstance(e, ModelCalled) for e in events) == 2
    assert sum(isinstance(e, Warned) for e in events) == 1
