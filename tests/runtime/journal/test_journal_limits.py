"""What a saved run has spent of its limits counts when it goes on."""

import asyncio

import pytest

from runtime_stubs.budget import Budget
from runtime_stubs.durable import Checkpoints, DurableApp
from runtime_stubs.errors import NodeError, StepLimitExceeded
from runtime_stubs.llm import ask_text
from tests.runtime.journal.two_steps import ONCE, State, app_of, failing, prompts
from tests.support.fake_llm import FakeLLM, Step


@pytest.mark.parametrize("simulate", [False, True])
def test_the_budget_goes_on(
    fake_llm: FakeLLM, store: Checkpoints, thread: str, simulate: bool
) -> None:
    fail = failing(1)

    async def first() -> str:
        answer = await ask_text(ONCE, "one") + await ask_text(ONCE, "two")
        fail()
        return answer

    async def second() -> str:
        return await ask_text(ONCE, "three")

    def app(most: int) -> DurableApp[State]:
        return app_of(store, first, second, budget=Budget(max_llm_calls=most))

    with pytest.raises(NodeError, match="told to fail"):
        asyncio.run(app(3).arun({}, thread=thread, simulate=simulate))
    # "one" is asked again, since the attempt failed, and "two" would be the fourth call
    for _ in range(2):
        with pytest.raises(NodeError, match="`max_llm_calls` of 3: 3 spent") as caught:
            asyncio.run(app(3).aresume(thread))
        assert caught.value.kind == "BudgetExceeded"
    # with a larger budget it goes on from there
    asyncio.run(app(5).aresume(thread))
    if not simulate:
        assert prompts(fake_llm) == ["one", "two", "one", "two", "three"]


def test_tokens_and_cost_go_on(fake_llm: FakeLLM, store: Checkpoints, thread: str) -> None:
    async def first() -> str:
        return await ask_text(ONCE, "one")

    fail = failing(1)

    async def second() -> str:
        fail()
        return await ask_text(ONCE, "two")

    fake_llm.always(Step(text="x", usage=(100, 900, 0)))
    spent = (100 * 0.15 + 900 * 0.6) / 1e6  # gpt-4o-mini
    for limit in ("max_tokens", "max_cost_usd"):
        name = f"{thread}-{limit}"
        most = (
            Budget(max_tokens=1500) if limit == "max_tokens" else Budget(max_cost_usd=spent * 1.5)
        )
        fail = failing(1)
        with pytest.raises(NodeError, match="told to fail"):
            asyncio.run(app_of(store, first, second, budget=most).arun({}, thread=name))
        with pytest.raises(NodeError, match=f"`{limit}`") as caught:
            asyncio.run(app_of(store, first, second, budget=most).aresume(name))
        assert caught.value.kind == "BudgetExceeded"
    assert prompts(fake_llm) == ["one", "one"]


def test_steps_go_on(fake_llm: FakeLLM, store: Checkpoints, thread: str) -> None:
    fail = failing(1)

    async def first() -> str:
        return "done"

    async def second() -> str:
        fail()
        return "done"

    def app(most: int) -> DurableApp[State]:
        return app_of(store, first, second, max_steps=most)

    with pytest.raises(NodeError, match="told to fail"):
        asyncio.run(app(2).arun({}, thread=thread))
    asyncio.run(app(2).aresume(thread))  # `second` was counted when it failed

    with pytest.raises(StepLimitExceeded, match="took all 1 steps"):
        asyncio.run(app(1).arun({}, thread=f"{thread}-1"))
    with pytest.raises(StepLimitExceeded, match="took all 1 steps"):
        asyncio.run(app(1).aresume(f"{thread}-1"))
    asyncio.run(app(2).aresume(f"{thread}-1"))
