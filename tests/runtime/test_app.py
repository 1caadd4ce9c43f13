"""Running a workflow from Python: limits, repeats, saved runs."""

import asyncio
from pathlib import Path
from typing import Any, Self, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict as StateDict

from runtime_stubs.answers import match_answers
from runtime_stubs.app import App
from runtime_stubs.durable import DurableApp
from runtime_stubs.errors import (
    InputError,
    NodeError,
    Paused,
    PendingQuestion,
    RuntimeFault,
    RunTimeout,
    StepLimitExceeded,
)
from runtime_stubs.human import ask_human
from runtime_stubs.inputs import Input
from runtime_stubs.node import node
from runtime_stubs.run import Run, Span, current
from tests.support.run_stores import PARAMS, run_store


class State(StateDict, total=False):
    """A counter that goes up to `goal`."""

    goal: int
    count: int
    answer: str


class Inputs(TypedDict):
    """How far to count."""

    goal: int


class Counting:
    """A graph of one loop, with what went on in it."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.fail_at = -1
        self.asks = False
        self.seconds = 0.0

    def build_graph(self) -> StateGraph[State]:
        @node
        async def count(state: State) -> State:
            self.runs.append(current())
            await asyncio.sleep(self.seconds)
            number = state.get("count", 0) + 1
            if number == self.fail_at:
                self.fail_at = -1
                raise ValueError("told to fail")
            return {"count": number}

        @node
        async def end(state: State) -> State:
            return {"answer": await ask_human("fine?")} if self.asks else {}

        graph = StateGraph(State)
        graph.add_node("count", count)
        graph.add_node("end", end)
        graph.add_edge(START, "count")
        graph.add_conditional_edges(
            "count", lambda state: "count" if state["count"] < state["goal"] else "end"
        )
        graph.add_edge("end", END)
        return graph

    def settings(self) -> Any:
        """Return what every app of this graph is made with."""
        return {
            "name": "counting",
            "build_graph": self.build_graph,
            "input_types": Inputs,
            "inputs": (Input("goal", "int", required=True),),
            "outputs": ("answer", "count", "missing"),
        }


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture(params=PARAMS)
def app(counting: Counting, tmp_path: Path, request: pytest.FixtureRequest) -> DurableApp[State]:
    store = run_store(request.param, tmp_path / "runs", request).checkpoints()
    return DurableApp(**counting.settings(), checkpoints=store, graph_hash="one")


def test_a_run_returns_public_fields_in_order(counting: Counting) -> None:
    counting.seconds = 0.0
    result = asyncio.run(App(**counting.settings()).arun({"goal": 3}))
    assert list(result.items()) == [("count", 3)]
    assert len(set(map(id, counting.runs))) == 1
    assert counting.runs[0].workflow == "counting"
    assert len(counting.runs[0].id) == 32


def test_inputs_are_checked_before_anything_runs(counting: Counting) -> None:
    with pytest.raises(InputError):
        asyncio.run(App(**counting.settings()).arun({"goal": "3"}))
    assert counting.runs == []


@pytest.mark.parametrize("limit", [{"max_steps": 3}, {"max_supersteps": 3}])
def test_a_run_has_limits(counting: Counting, limit: Any) -> None:
    with pytest.raises(StepLimitExceeded):
        asyncio.run(App(**counting.settings(), **limit).arun({"goal": 9}))
    assert len(counting.runs) == 3


def test_a_run_has_a_timeout(counting: Counting) -> None:
    counting.seconds = 0.2
    with pytest.raises(RunTimeout, match="the run took longer than 0.5 s"):
        asyncio.run(App(**counting.settings(), timeout=0.5).arun({"goal": 9}))


def test_tracers_see_the_run_and_its_nodes(counting: Counting) -> None:
    seen: list[str] = []

    class Opened:
        def __init__(self, name: str) -> None:
            self.name = name

        def __enter__(self) -> Self:
            return self

        def __exit__(self, kind: object, error: object, trace: object) -> None:
            seen.append(f"{self.name} {'failed' if error else 'done'}")

        def set_outputs(self, outputs: object) -> None:
            pass

        def set_attribute(self, key: str, value: Any) -> None:
            pass

    class Tracer:
        def __init__(self, run: Run) -> None:
            self.run = run

        def span(self, name: str, kind: str, inputs: object) -> Any:
            span: Span = Opened(f"{kind} {name}")
            return span

        def close(self) -> None:
            seen.append("closed")

    counting.fail_at = 2
    with pytest.raises(NodeError):
        asyncio.run(App(**counting.settings(), tracing=Tracer).arun({"goal": 2}))
    assert seen == ["node count done", "node count failed", "workflow counting failed", "closed"]


def test_asking_needs_saved_runs(counting: Counting) -> None:
    counting.asks = True
    with pytest.raises(RuntimeFault, match="does not save its runs"):
        asyncio.run(App(**counting.settings()).arun({"goal": 1}))


def test_arun_once_may_be_repeated(counting: Counting, app: DurableApp[State]) -> None:
    counting.fail_at = 2
    with pytest.raises(NodeError):
        asyncio.run(app.arun_once({"goal": 3}, thread="t"))
    for _ in range(3):
        assert asyncio.run(app.arun_once({"goal": 3}, thread="t")) == {"count": 3}
    assert len(counting.runs) == 4
    assert len({run.id for run in counting.runs}) == 1, "a continued run keeps its trace"


def test_pausing_and_resuming_from_python(counting: Counting, app: DurableApp[State]) -> None:
    counting.asks = True
    with pytest.raises(Paused) as paused:
        asyncio.run(app.arun({"goal": 1}, thread="t"))
    assert (paused.value.thread, paused.value.node, paused.value.ask) == ("t", "end", "fine?")
    with pytest.raises(Paused):  # an answer to what was asked before is none to this
        asyncio.run(app.aresume("t", ["yes"], asked=["an earlier one"]))
    asked = [each.id for each in paused.value.questions]
    done = asyncio.run(app.aresume("t", ["yes"], asked=asked))
    assert done == {"answer": "yes", "count": 1}


def question(id: str, node: str, *choices: str, deadline: float | None = None) -> PendingQuestion:
    return PendingQuestion(id, node, "?", choices, deadline)


def replies(questions: list[PendingQuestion], answers: list[str], now: float = 0.0) -> Any:
    command = match_answers(questions, answers, now)
    return None if command is None else command.resume


def test_answers_find_their_questions() -> None:
    one = [question("1", "ask")]
    two = [*one, question("2", "other")]
    assert replies(one, ["a=b"]) == {"1": {"answer": "a=b"}}
    assert replies(one, ["ask=b"]) == {"1": {"answer": "b"}}
    assert replies(two, ["other=x=y", "1=z"]) == {"2": {"answer": "x=y"}, "1": {"answer": "z"}}
    assert replies(two, []) is None
    assert replies([question("1", "ask", deadline=5.0)], [], now=5.0) == {"1": {}}
    assert replies([question("1", "ask", deadline=5.0)], [], now=4.0) is None


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        (["x"], "found `x`, expected `node=text` with node one of `map`, `pick`"),
        (["pik=x"], "did you mean `pick`?"),
        (["map=x"], "`map` asks several questions: answer as `ID=text` with ID of `1`, `2`"),
        (["pick=c"], "`c` is no answer to `pick`, expected `a`, `b`"),
        (["pick=a", "pick=b"], "`pick` is answered twice"),
    ],
)
def test_answers_that_fit_nothing(answers: list[str], problem: str) -> None:
    questions = [question("1", "map"), question("2", "map"), question("3", "pick", "a", "b")]
    with pytest.raises(InputError) as caught:
        match_answers(questions, answers, 0.0)
    assert problem in str(caught.value)
