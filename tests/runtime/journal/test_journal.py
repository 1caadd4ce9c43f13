"""Which answers a saved run takes from its journal when it goes on, and which it asks for again."""

import asyncio
import random

import pytest
from langgraph.graph import END, START, StateGraph

from runtime_stubs.agent import run_agent
from runtime_stubs.durable import Checkpoints
from runtime_stubs.errors import NodeError
from runtime_stubs.flow import Flow
from runtime_stubs.llm import ask_text
from runtime_stubs.node import node
from runtime_stubs.retry import Retry
from runtime_stubs.subagent import agent_tool
from runtime_stubs.subflow import Subflow, run_flow
from runtime_stubs.tool import function_tool
from tests.runtime.journal.two_steps import DOWN, ONCE, Inputs, State, app_of, failing, prompts
from tests.support.fake_llm import FakeLLM, Step, ToolUse


def test_a_failed_attempt_asks_again(fake_llm: FakeLLM, store: Checkpoints, thread: str) -> None:
    fail = failing(1)

    async def first() -> str:
        answer = await ask_text(ONCE, "one")
        fail()
        return answer

    app = app_of(store, first, retry=Retry(max_attempts=2, backoff=0.01))
    asyncio.run(app.arun({}, thread=thread))
    assert prompts(fake_llm) == ["one", "one"]


def test_a_run_that_failed_asks_again(fake_llm: FakeLLM, store: Checkpoints, thread: str) -> None:
    fail = failing(1)

    async def first() -> str:
        answer = await ask_text(ONCE, "one")
        fail()
        return answer

    app = app_of(store, first)
    with pytest.raises(NodeError):
        asyncio.run(app.arun({}, thread=thread))
    asyncio.run(app.aresume(thread))
    assert prompts(fake_llm) == ["one", "one"]


def test_a_failed_call_does_not_cost_those_before_it(
    fake_llm: FakeLLM, store: Checkpoints, thread: str
) -> None:
    async def first() -> str:
        return await ask_text(ONCE, "one") + await ask_text(ONCE, "one") + await ask_text(ONCE, "2")

    fake_llm.script(Step(text="a"), Step(text="b"), DOWN, Step(text="c"))
    app = app_of(store, first)
    with pytest.raises(NodeError, match="down"):
        asyncio.run(app.arun({}, thread=thread))
    assert asyncio.run(app.aresume(thread))["first"] == "abc"
    assert prompts(fake_llm) == ["one", "one", "2", "2"]


def test_time_that_ran_out_does_not_cost_what_was_answered(
    fake_llm: FakeLLM, store: Checkpoints, thread: str
) -> None:
    slow = iter([5.0, 0.0])

    async def first() -> str:
        async with asyncio.timeout(None):
            answer = await ask_text(ONCE, "one")
        await asyncio.sleep(next(slow))
        return answer

    app = app_of(store, first)
    app.timeout = 2.0
    with pytest.raises(Exception, match="took longer than 2 s"):
        asyncio.run(app.arun({}, thread=thread))
    asyncio.run(app.aresume(thread))
    assert prompts(fake_llm) == ["one"]


def test_an_agent_takes_its_turns_again(fake_llm: FakeLLM, store: Checkpoints, thread: str) -> None:
    drawn: list[float] = []

    async def draw() -> float:
        """Draw a number."""
        drawn.append(random.random())
        return drawn[-1]

    async def broken() -> float:
        """Fail."""
        drawn.append(random.random())
        raise ValueError(f"failed with {drawn[-1]}")

    tools = [function_tool(draw), function_tool(broken)]

    async def first() -> str:
        return await run_agent(ONCE, "number?", tools=tools)

    use = Step(tool_calls=[ToolUse("draw", {}), ToolUse("broken", {})])
    fake_llm.script(use, DOWN, Step(text="done"))
    app = app_of(store, first)
    with pytest.raises(NodeError, match="down"):
        asyncio.run(app.arun({}, thread=thread))
    assert asyncio.run(app.aresume(thread))["first"] == "done"
    assert len(drawn) == 2  # neither tool was called again
    _, second, third = fake_llm.requests
    assert second.body["messages"] == third.body["messages"]
    assert all(str(number) in third.prompt for number in drawn)


def test_agents_beside_one_another_take_their_own_answers(
    fake_llm: FakeLLM, store: Checkpoints, thread: str
) -> None:
    async def helper(task: str) -> str:
        return await run_agent(ONCE, task, tools=[])

    tools = [agent_tool("helper", "Helps.", helper)]

    async def first() -> str:
        return await run_agent(ONCE, "go", tools=tools)

    ask = ToolUse("helper", {"task": "the same"})
    answers = [Step(text="slow", delay=0.2), Step(text="quick")]
    fake_llm.script(Step(tool_calls=[ask, ask]), *answers, DOWN, Step(text="done"))
    app = app_of(store, first)
    with pytest.raises(NodeError, match="down"):
        asyncio.run(app.arun({}, thread=thread))
    asyncio.run(app.aresume(thread))
    assert len(fake_llm.requests) == 5
    assert fake_llm.requests[3].body["messages"] == fake_llm.requests[4].body["messages"]


def test_nothing_is_left(fake_llm: FakeLLM, store: Checkpoints) -> None:
    fail = failing(1)

    async def first() -> str:
        return await ask_text(ONCE, "one")

    async def second() -> str:
        fail()
        return ""

    app = app_of(store, first, second)
    asyncio.run(app_of(store, first).arun({}, thread="finished"))
    with pytest.raises(NodeError):
        asyncio.run(app.arun({}, thread="failed"))

    async def kept(thread: str) -> tuple[bool, bool, bool]:
        """Whether there are checkpoints, records, and notes of what was spent."""
        async with store.open() as opened:
            name = f"two/{thread}"
            saved = await opened.saver.aget_tuple({"configurable": {"thread_id": name}})
            journals = opened.journals
            spent = await journals.spent(name)
            return saved is not None, bool(await journals.places(name)), bool(spent)

    assert asyncio.run(kept("failed")) == (True, True, True)
    asyncio.run(app.forget("failed"))
    assert asyncio.run(kept("failed")) == (False, False, False)
    assert asyncio.run(kept("finished")) == (True, False, False)


def test_rounds_of_a_loop_and_steps_of_a_sub_workflow_keep_their_answers(
    fake_llm: FakeLLM, store: Checkpoints, thread: str
) -> None:
    @node
    async def inner(state: State) -> State:
        # the same question in each round and in each step below
        return {
            "first": state.get("first", "") + await ask_text(ONCE, "q") + await ask_text(ONCE, "q")
        }

    def build_inner() -> StateGraph[State]:
        graph = StateGraph(State)
        graph.add_node("inner", inner)
        graph.add_edge(START, "inner")
        graph.add_edge("inner", END)
        return graph

    below = Subflow(build_graph=build_inner, inputs=(), input_types=Inputs, source_map={})

    async def first() -> str:
        flow = Flow(State, State())

        def body(round_: Flow[State]) -> None:
            step = round_.start(
                inner, choose=lambda state: "out" if len(state["first"]) >= 4 else "again"
            )
            round_.again(step.to("again"))
            round_.leave(step.to("out"))

        flow.loop("rounds", body)
        looped = await flow.finish()
        return looped["first"] + (await run_flow(below, {}))["first"]

    answers = [Step(text=letter) for letter in "abcdef"]
    fake_llm.script(*answers[:3], DOWN, answers[3], answers[4], DOWN, answers[5])
    app = app_of(store, first)
    with pytest.raises(NodeError, match="down"):
        asyncio.run(app.arun({}, thread=thread))
    with pytest.raises(NodeError, match="down"):
        asyncio.run(app.aresume(thread))
    assert asyncio.run(app.aresume(thread))["first"] == "abcdef"
    assert len(fake_llm.requests) == 8
