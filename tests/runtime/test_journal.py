"""Which answers a saved run takes from its journal when it goes on, and which it asks for again."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict as StateDict

from runtime_stubs.agent import run_agent
from runtime_stubs.attempts import afterwards
from runtime_stubs.budget import Budget
from runtime_stubs.durable import Checkpoints, DurableApp
from runtime_stubs.errors import NodeError, RunTimeout, StepLimitExceeded
from runtime_stubs.flow import Flow
from runtime_stubs.llm import ask_text
from runtime_stubs.memory.memory import Memory
from runtime_stubs.memory.sqlite import SqliteStore
from runtime_stubs.node import node
from runtime_stubs.retry import Retry
from runtime_stubs.subagent import agent_tool
from runtime_stubs.subflow import Subflow, run_flow
from runtime_stubs.tool import function_tool
from tests.runtime.models import model
from tests.support.fake_llm import FakeLLM, Step, ToolUse
from tests.support.run_stores import PARAMS, run_store

ONCE = model(retry=Retry(max_attempts=1))
DOWN = Step(status=400, error="down")  # what no repetition mends


class State(StateDict, total=False):
    """What the steps write."""

    first: str
    second: str


class Inputs(TypedDict):
    """There are none."""


Body = Callable[[], Awaitable[str]]


def app_of(
    store: Checkpoints,
    first: Body,
    second: Body | None = None,
    *,
    budget: Budget | None = None,
    max_steps: int | None = None,
    retry: Retry | None = None,
) -> DurableApp[State]:
    """Return an app of two steps."""

    def build_graph() -> StateGraph[State]:
        @node(name="first", retry=retry)
        async def one(state: State) -> State:
            return {"first": await first()}

        @node(name="second")
        async def two(state: State) -> State:
            return {"second": await second() if second else ""}

        graph = StateGraph(State)
        graph.add_node("first", one)
        graph.add_node("second", two)
        graph.add_edge(START, "first")
        graph.add_edge("first", "second")
        graph.add_edge("second", END)
        return graph

    return DurableApp(
        name="two",
        build_graph=build_graph,
        input_types=Inputs,
        outputs=("first", "second"),
        checkpoints=store,
        graph_hash="one",
        budget=budget,
        max_steps=max_steps,
    )


@pytest.fixture(params=PARAMS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Checkpoints:
    """Where the runs of a test are saved."""
    return run_store(request.param, tmp_path, request).checkpoints()


@pytest.fixture
def thread() -> str:
    """The name of the run."""
    return "a thread"


def prompts(fake: FakeLLM) -> list[str]:
    """Return the last line of each question, in order."""
    return [request.prompt.splitlines()[-1] for request in fake.requests]


def failing(times: int, kind: type[Exception] = ValueError) -> Callable[[], None]:
    """Return a function that raises as often as that."""
    left = iter(range(times))

    def fail() -> None:
        if next(left, None) is not None:
            raise kind("told to fail")

    return fail


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
            saved = await opened.saver.aget_tuple({"configurable": {"thread_id": thread}})
            journals = opened.journals
            spent = await journals.spent(thread)
            return saved is not None, bool(await journals.places(thread)), bool(spent)

    assert asyncio.run(kept("failed")) == (True, True, True)
    asyncio.run(app.forget("failed"))
    assert asyncio.run(kept("failed")) == (False, False, False)
    assert asyncio.run(kept("finished")) == (True, False, False)


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
