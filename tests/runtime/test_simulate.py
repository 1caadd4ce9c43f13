"""Simulated runs answer at once, always the same, in the form that is asked for."""

import subprocess
import sys
import time
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from runtime_stubs.budget import Budget
from runtime_stubs.errors import BudgetExceeded
from runtime_stubs.events import ModelCalled
from runtime_stubs.llm import ask, ask_text
from runtime_stubs.run import Run
from tests.runtime.models import in_run, model


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Panel(BaseModel):
    first: str
    size: Annotated[int, Field(ge=3, le=5)]


class Everything(BaseModel):
    text: str
    short: Annotated[str, Field(max_length=8)]
    mood: Mood
    verdict: Literal["yes", "no"]
    score: Annotated[float, Field(ge=0.25, le=0.75)]
    above: Annotated[int, Field(gt=100)]
    below: Annotated[float, Field(lt=-1)]
    free: float
    approved: bool
    panels: list[Panel]
    three: Annotated[list[int], Field(min_length=3)]
    maybe: Panel | None
    table: dict[str, int]
    pair: tuple[int, str]
    whatever: object
    children: list["Everything"] = Field(max_length=1)


def simulated(prompt: str) -> Everything:
    return in_run(ask(model(), prompt, Everything), Run(simulate=True))[0]


def test_fits_the_form_and_is_repeatable() -> None:
    answer = simulated("Describe bees.")
    assert answer == simulated("Describe bees.")
    assert answer.text.startswith("[simulated work] text")
    assert len(answer.panels) == 2 and len(answer.three) == 3
    assert answer.maybe is not None


def test_prompts_make_the_difference() -> None:
    answers = [simulated(f"prompt {i}") for i in range(60)]
    assert {a.mood for a in answers} == set(Mood)
    assert {a.verdict for a in answers} == {"yes", "no"}
    assert len({a.score for a in answers}) > 10
    assert 30 <= sum(a.approved for a in answers) < 60
    assert any(a.free >= 0.8 for a in answers)


def test_text_is_readable() -> None:
    text, events = in_run(ask_text(model(), "Collect facts about bees.\nMore."), Run(simulate=True))
    assert text.startswith("[simulated work] Collect facts about bees. (")
    assert events == [ModelCalled("work", "openai/gpt-4o-mini", 0, 0, 0, 0.0, 0.0, True)]


def test_same_in_every_process_and_without_litellm() -> None:
    code = (
        "import asyncio, sys\n"
        "from runtime_stubs.llm import ask_text\n"
        "from runtime_stubs.model import Model\n"
        "from runtime_stubs.run import Run, activate\n"
        "with activate(Run(simulate=True)):\n"
        "    print(asyncio.run(ask_text(Model('openai/gpt-4o-mini'), 'Bees?')))\n"
        "assert 'litellm' not in sys.modules and 'openai' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[simulated answer] Bees? (661d)\n"


def test_calls_count_for_the_budget() -> None:
    async def two() -> None:
        await ask_text(model(), "?")
        await ask_text(model(), "?")

    with pytest.raises(BudgetExceeded):
        in_run(two(), Run(simulate=True, budget=Budget(max_llm_calls=1).start()))


def test_is_fast() -> None:
    async def best() -> float:
        times = []
        for _ in range(7):
            begun = time.process_time()
            for i in range(100):
                await ask(model(), f"prompt {i}", Panel)
            times.append((time.process_time() - begun) / 100)
        return min(times)

    seconds, _ = in_run(best(), Run(simulate=True))
    assert seconds < 100e-6
