"""Agents call tools until they answer, within their turns."""

import asyncio
import time
from dataclasses import replace

import pytest
from pydantic import BaseModel

from runtime_stubs.agent import run_agent
from runtime_stubs.answer import UnusableAnswer
from runtime_stubs.budget import Budget
from runtime_stubs.errors import BudgetExceeded, ToolError
from runtime_stubs.events import ModelCalled, Token, ToolCalled
from runtime_stubs.handoff import run_agent_or_hand_off
from runtime_stubs.run import Run
from runtime_stubs.spawn import spawn_tool
from runtime_stubs.subagent import agent_tool
from runtime_stubs.tool import Tool, function_tool
from tests.runtime.models import NAMES, in_run, model
from tests.support.fake_llm import FakeLLM, Step, ToolUse


class Report(BaseModel):
    title: str
    count: int


async def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def broken(path: str) -> str:
    raise OSError("disk full")


ADD = function_tool(add, read_only=True)
BROKEN = function_tool(broken)
ADD_2_3 = Step(tool_calls=[ToolUse("add", {"a": 2, "b": 3})])
REPORT = Step(value={"title": "Bees", "count": 5})


@pytest.mark.parametrize("provider", sorted(NAMES))
@pytest.mark.parametrize("stream", [False, True])
def test_calls_a_tool_and_answers(fake_llm: FakeLLM, provider: str, stream: bool) -> None:
    fake_llm.script(ADD_2_3, REPORT)
    agent = run_agent(model(provider), "How many?", Report, tools=[ADD])
    report, events = in_run(agent, Run(stream=stream))
    assert report == Report(title="Bees", count=5)
    first, second = fake_llm.requests
    assert "tools" in first.body and "JSON schema" in first.prompt
    assert "5" in second.prompt.splitlines()  # the result of the tool
    assert [e.tool for e in events if isinstance(e, ToolCalled)] == ["add"]
    assert sum(isinstance(e, ModelCalled) for e in events) == 2


@pytest.mark.parametrize("provider", sorted(NAMES))
def test_text_answer_is_streamed(fake_llm: FakeLLM, provider: str) -> None:
    fake_llm.script(ADD_2_3, Step(text="five bees"))
    text, events = in_run(run_agent(model(provider), "?", tools=[ADD]), Run(stream=True))
    assert text == "five bees"
    assert "".join(e.text for e in events if isinstance(e, Token)) == "five bees"
    assert [e.tool for e in events if isinstance(e, ToolCalled)] == ["add"]


@pytest.mark.parametrize("provider", sorted(NAMES))
def test_last_turn_has_no_tools(fake_llm: FakeLLM, provider: str) -> None:
    fake_llm.script(ADD_2_3, ADD_2_3)
    agent = run_agent(model(provider), "How many?", Report, tools=[ADD], max_turns=3)
    report, _ = in_run(agent)
    assert isinstance(report, Report)
    *early, last = fake_llm.requests
    assert len(early) == 2 and all("tools" in r.body for r in early)
    assert "tools" not in last.body
    assert "Result of `add`:\n5" in last.prompt and "Answer now" in last.prompt


def test_one_turn(fake_llm: FakeLLM) -> None:
    in_run(run_agent(model(), "How many?", Report, tools=[ADD], max_turns=1))
    [only] = fake_llm.requests
    assert "tools" not in only.body and "response_format" in only.body


def test_turns_bound_repairs(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(text="no report"))
    with pytest.raises(UnusableAnswer, match="in 3 attempts"):
        in_run(run_agent(model(), "?", Report, tools=[ADD], max_turns=3))
    assert len(fake_llm.requests) == 3


def test_unfit_answer_is_asked_for_with_the_schema(fake_llm: FakeLLM) -> None:
    fake_llm.script(Step(text="There are five."), REPORT)
    report, _ = in_run(run_agent(model(), "?", Report, tools=[ADD]))
    assert report.count == 5
    _, second = fake_llm.requests
    assert "response_format" in second.body and "tools" not in second.body


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (ToolUse("add", {"a": "two", "b": 3}), "`a` must be integer, found str"),
        (ToolUse("add", {"a": 2}), "`b` is missing"),
        (ToolUse("add", "{broken"), "not valid JSON"),
        (ToolUse("add", "[1]"), "must be an object, found list"),
        (ToolUse("subtract", {}), "no tool `subtract`; there are `add`, `broken`"),
        (ToolUse("broken", {"path": "x"}), "disk full"),
    ],
)
def test_what_went_wrong_is_told_to_the_model(fake_llm: FakeLLM, call: ToolUse, told: str) -> None:
    fake_llm.script(Step(tool_calls=[call]), Step(text="done"))
    assert in_run(run_agent(model(), "?", tools=[ADD, BROKEN]))[0] == "done"
    assert told in fake_llm.requests[1].prompt


def test_fatal_tool(fake_llm: FakeLLM) -> None:
    fatal = replace(BROKEN, on_error="fail")
    bad_arguments = Step(tool_calls=[ToolUse("broken", {})])
    fake_llm.script(bad_arguments, Step(tool_calls=[ToolUse("broken", {"path": "x"})]))
    with pytest.raises(ToolError, match="disk full"):
        in_run(run_agent(model(), "?", tools=[fatal]))
    assert len(fake_llm.requests) == 2  # unfit arguments were still told to the model


def test_tools_of_a_turn_run_together_and_answer_in_order(fake_llm: FakeLLM) -> None:
    async def slow(n: int) -> str:
        await asyncio.sleep(0.3 - n / 10)
        return f"result {n}"

    fake_llm.script(
        Step(tool_calls=[ToolUse("slow", {"n": n}) for n in range(3)]), Step(text="done")
    )

    async def timed() -> float:
        begun = time.monotonic()
        await run_agent(model(), "?", tools=[function_tool(slow)])
        return time.monotonic() - begun

    seconds, _ = in_run(timed())
    assert seconds < 0.55
    prompt = fake_llm.requests[1].prompt
    assert prompt.index("result 0") < prompt.index("result 1") < prompt.index("result 2")


def test_fatal_failure_cancels_the_others(fake_llm: FakeLLM) -> None:
    finished: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0.2)
        finished.append("slow")

    calls = [ToolUse("slow", {}), ToolUse("broken", {"path": "x"})]
    fake_llm.script(Step(tool_calls=calls))

    async def failing() -> None:
        with pytest.raises(ToolError):
            fatal = replace(BROKEN, on_error="fail")
            await run_agent(model(), "?", tools=[function_tool(slow), fatal])
        await asyncio.sleep(0.3)

    in_run(failing())
    assert finished == []


def test_budget_holds_in_the_loop(fake_llm: FakeLLM) -> None:
    fake_llm.always(ADD_2_3)
    run = Run(budget=Budget(max_llm_calls=3).start())
    with pytest.raises(BudgetExceeded):
        in_run(run_agent(model(), "?", tools=[ADD]), run)
    assert len(fake_llm.requests) == 3


def test_agent_as_a_tool(fake_llm: FakeLLM) -> None:
    async def research(task: str) -> str:
        return await run_agent(model(), f"Research: {task}", tools=[ADD])

    helper = agent_tool("researcher", "Finds facts.", research)
    fake_llm.script(
        Step(tool_calls=[ToolUse("researcher", {"task": "bees"})]),
        Step(text="bees fly"),
        Step(text="final"),
    )
    assert in_run(run_agent(model(), "Write.", tools=[helper]))[0] == "final"
    _, inner, outer = fake_llm.requests
    assert inner.prompt.endswith("Research: bees")
    assert "bees fly" in outer.prompt


def test_the_end_of_the_run_is_not_told_to_the_model(fake_llm: FakeLLM) -> None:
    async def research(task: str) -> str:
        return await run_agent(model(), task, tools=[ADD])

    fake_llm.always(Step(tool_calls=[ToolUse("researcher", {"task": "bees"})]))
    helper = agent_tool("researcher", "Finds facts.", research)
    with pytest.raises(BudgetExceeded):
        in_run(
            run_agent(model(), "Write.", tools=[helper]),
            Run(budget=Budget(max_llm_calls=1).start()),
        )


def test_handoff(fake_llm: FakeLLM) -> None:
    fake_llm.script(Step(tool_calls=[ToolUse("transfer_to_billing", {"reason": "an invoice"})]))
    agent = run_agent_or_hand_off(
        model(), "My invoice is wrong.", Report, to={"billing": "Knows invoices."}, tools=[ADD]
    )
    handled, _ = in_run(agent)
    assert (handled.taken_over_by, handled.reason) == ("billing", "an invoice")
    assert handled.answer is None
    fake_llm.reset()
    fake_llm.script(REPORT)
    agent = run_agent_or_hand_off(model(), "?", Report, to={"billing": "Knows invoices."})
    handled, _ = in_run(agent)
    assert handled.taken_over_by is None and handled.answer == Report(title="Bees", count=5)


def spawn(role: str) -> ToolUse:
    return ToolUse("spawn_agent", {"role": role, "task": f"work of {role}"})


def test_spawned_agents_are_bounded_in_number(fake_llm: FakeLLM) -> None:
    fake_llm.script(Step(tool_calls=[spawn(f"helper {i}") for i in range(3)]), match="Organise")
    tool = spawn_tool(model(), max_agents=2)
    in_run(run_agent(model(), "Organise.", tools=[tool], max_turns=2))
    helpers = [r for r in fake_llm.requests if "Organise" not in r.prompt]
    assert len(helpers) == 2
    assert all("tools" not in r.body for r in helpers)  # they cannot create further ones
    assert "all 2 agents" in fake_llm.requests[-1].prompt


def test_spawned_agents_are_bounded_in_depth(fake_llm: FakeLLM) -> None:
    fake_llm.script(
        Step(tool_calls=[spawn("first")]),
        Step(tool_calls=[spawn("second")]),
        Step(text="deep"),
        Step(text="higher"),
        Step(text="top"),
    )
    tool = spawn_tool(model(), max_depth=2)
    assert in_run(run_agent(model(), "Go.", tools=[tool]))[0] == "top"
    offered = ["tools" in r.body for r in fake_llm.requests]
    assert offered == [True, True, False, True, True]


def test_simulated_agent_answers_at_once() -> None:
    def fail() -> None:
        raise AssertionError("a simulated agent calls nothing")

    tools: list[Tool] = [function_tool(fail, read_only=True)]
    report, events = in_run(run_agent(model(), "?", Report, tools=tools), Run(simulate=True))
    assert isinstance(report, Report)
    text, _ = in_run(run_agent(model(), "Go.", tools=tools), Run(simulate=True))
    assert text.startswith("[simulated work] Go.")
    assert [type(e) for e in events] == [ModelCalled]
