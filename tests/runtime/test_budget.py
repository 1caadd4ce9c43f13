"""Budgets hold during a run, also when many calls run at the same time."""

import asyncio

import pytest
from pydantic import BaseModel

from runtime_stubs.budget import Budget, Ledger
from runtime_stubs.errors import BudgetExceeded, ModelError
from runtime_stubs.events import ModelCalled, Warned
from runtime_stubs.limit import Limit
from runtime_stubs.llm import ask, ask_text
from runtime_stubs.model import Model
from runtime_stubs.run import Run
from tests.runtime.models import in_run, model
from tests.support.fake_llm import FakeLLM, Step


class Score(BaseModel):
    score: float


async def many(model: Model, count: int) -> list[str | BaseException]:
    return await asyncio.gather(
        *(ask_text(model, f"question {i}") for i in range(count)), return_exceptions=True
    )


def refused(results: list[str | BaseException]) -> int:
    assert all(isinstance(r, str | BudgetExceeded) for r in results), results
    return sum(isinstance(r, BudgetExceeded) for r in results)


def test_calls_are_exact_under_concurrency(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(delay=0.05))
    ledger = Budget(max_llm_calls=5).start()
    results, events = in_run(many(model(), 40), Run(budget=ledger))
    assert refused(results) == 35
    assert len(fake_llm.requests) == 5
    assert ledger.calls == 5
    assert sum(isinstance(e, ModelCalled) for e in events) == 5


def test_message_and_node() -> None:
    with pytest.raises(BudgetExceeded, match="`max_llm_calls` of 0: 0 spent, 1 expected") as e:
        in_run(ask_text(model(), "?"), Run(budget=Budget(max_llm_calls=0).start()))
    assert e.value.node == "work"


def test_repairs_count_and_failures_do_not(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(text="no"))
    with pytest.raises(BudgetExceeded):
        in_run(ask(model(), "?", Score), Run(budget=Budget(max_llm_calls=2).start()))
    assert len(fake_llm.requests) == 2
    fake_llm.reset()
    fake_llm.always(Step(status=500))
    ledger = Budget(max_llm_calls=1).start()
    with pytest.raises(ModelError):
        in_run(ask_text(model(), "?"), Run(budget=ledger))
    assert (ledger.calls, ledger.tokens, ledger.cost) == (0, 0, 0.0)


def test_tokens_stop_before_the_next_call(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(usage=(100, 300, 0)))
    ledger = Budget(max_tokens=1000).start()

    async def one_by_one() -> int:
        for number in range(10):
            try:
                await ask_text(model(), "?")
            except BudgetExceeded:
                return number
        return 10

    done, _ = in_run(one_by_one(), Run(budget=ledger))
    # 800 are spent after two calls; a third is expected to take 1 + 300
    assert (done, ledger.tokens) == (2, 800)


def test_cost_holds_under_concurrency(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(usage=(0, 200, 0), delay=0.02))
    priced = model(input_cost_per_token=0.0, output_cost_per_token=1e-3)  # 0.2 USD a call
    ledger = Budget(max_cost_usd=1.0).start()
    results, _ = in_run(many(priced, 30), Run(budget=ledger))
    assert refused(results) == 25
    assert ledger.cost == pytest.approx(1.0)


def test_unpriced_model_is_warned_of_once(fake_llm: FakeLLM) -> None:
    unknown = Model("openai/my-own-model")
    _, events = in_run(many(unknown, 4), Run(budget=Budget(max_cost_usd=0.01).start()))
    assert [e.message for e in events if isinstance(e, Warned)] == [
        "the price of `openai/my-own-model` is not known: it does not count as cost"
    ]
    assert len(fake_llm.requests) == 4


def test_cancelled_calls_give_back(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(delay=5))
    ledger = Ledger(Budget(max_llm_calls=1))

    async def cancelled() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask_text(model(), "?")

    in_run(cancelled(), Run(budget=ledger))
    assert ledger.calls == 0


def test_limit_bounds_concurrency(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(delay=0.05))
    shared = Limit(3)
    models = [model(limit=shared), model("ollama", limit=shared)]

    async def both() -> None:
        await asyncio.gather(*(many(m, 8) for m in models))

    in_run(both())
    assert len(fake_llm.requests) == 16
    assert fake_llm.peak == 3
    in_run(many(models[0], 4))  # a second event loop
    assert fake_llm.peak == 3
