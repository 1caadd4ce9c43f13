"""Random regions, run by `Flow` and by a slow and plain interpreter of the reference semantics."""

import asyncio
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, cast

from hypothesis import strategies as st
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from runtime_stubs.flow import Arrow, Flow, Started
from runtime_stubs.merge import merge_with

LABELS = ("x", "y", "z")
Trip = Callable[[str], None]  # told of each step before it writes; may raise


class State(TypedDict, total=False):
    """Fields that show what a step saw, in which order writes were merged, and how often."""

    trace: Annotated[list[str], merge_with(operator.add)]
    total: Annotated[float, merge_with(operator.add)]
    seen: Annotated[dict[str, int], merge_with(operator.or_)]
    low: Annotated[int, merge_with(min)]
    last: str
    rounds: dict[str, int]


@dataclass
class Step:
    """A step, or a loop if it has a body. `after`: (index of a step, label or None)."""

    name: str
    after: list[tuple[int, str | None]]
    labels: tuple[str, ...] = ()
    seconds: int = 0
    quiet: bool = False
    enter: bool = False
    body: "Region | None" = None
    bound: int = 1


@dataclass
class Region:
    """Steps in topological order; in a loop's body, the index of the step that decides."""

    steps: list[Step] = field(default_factory=list)


def digest(state: Any) -> int:
    """Return a number that depends on everything a step sees."""
    text = repr(sorted((key, value) for key, value in state.items()))
    return sum((place + 1) * ord(letter) for place, letter in enumerate(text)) % 99991


def write(step: Step, state: dict[str, Any]) -> dict[str, Any]:
    """Return what a step writes; `quiet` is a step whose `when` is false."""
    if step.quiet:
        return {}
    number = digest(state)
    return {
        "trace": [f"{step.name}:{number}"],
        "total": 0.1 * (number % 7),
        "seen": {step.name: number},
        "low": number,
        "last": step.name,
    }


def choice(step: Step, state: Any) -> str:
    """Return where a step goes on."""
    return step.labels[digest(state) % len(step.labels)]


def decide(loop: Step, state: Any) -> str:
    """Return where the last step of a loop's body goes on."""
    if state["rounds"][loop.name] < loop.bound and digest(state) % 4:
        return "again"
    return loop.labels[digest(state) % len(loop.labels)]


def count_round(loop: Step, state: dict[str, Any]) -> dict[str, Any]:
    """Return what the last step of a loop's body writes."""
    done = state.get("rounds", {})
    assert loop.body is not None
    inner = {step.name: 0 for step in loop.body.steps if step.body}  # enter them anew next time
    count = done.get(loop.name, 0) + 1
    return {"rounds": {**done, **inner, loop.name: count}, "trace": [f"{loop.name}!"]}


# --- random regions -----------------------------------------------------------------------------


@st.composite
def regions(draw: st.DrawFn, depth: int = 2, prefix: str = "s", size: int = 7) -> Region:
    """Draw a region with fan-outs, unequal joins, choices, and loops inside branches."""
    region = Region()
    for index in range(draw(st.integers(1, size))):
        region.steps.append(draw(_steps(region, f"{prefix}{index}", depth)))
    return region


@st.composite
def _steps(draw: st.DrawFn, before: Region, name: str, depth: int) -> Step:
    after = draw(_edges(before))
    kind = draw(st.sampled_from(["plain", "plain", "choice", "enter", "loop"]))
    labels = LABELS[: draw(st.integers(1, 3))]
    seconds = draw(st.integers(0, 4))
    if kind == "choice":
        return Step(name, after, labels, seconds)
    if kind == "enter" and not after:
        return Step(name, [], labels, enter=True)
    if kind == "loop" and depth:
        bound = draw(st.integers(1, 3))
        return Step(name, after, labels, body=draw(_bodies(name, depth - 1)), bound=bound)
    return Step(name, after, (), seconds, quiet=draw(st.integers(0, 4)) == 0)


@st.composite
def _edges(draw: st.DrawFn, before: Region) -> list[tuple[int, str | None]]:
    if not before.steps:
        return []
    chosen = draw(st.lists(st.integers(0, len(before.steps) - 1), max_size=3, unique=True))
    edges: list[tuple[int, str | None]] = []
    for index in sorted(chosen):
        labels = before.steps[index].labels
        edges.append((index, draw(st.sampled_from(labels)) if labels else None))
    return edges


@st.composite
def _bodies(draw: st.DrawFn, name: str, depth: int) -> Region:
    """Draw the body of a loop: from one header to one step that always runs and decides."""
    body = Region([Step(f"{name}_h", [], (), draw(st.integers(0, 3)))])
    for index in range(draw(st.integers(0, 3))):
        step = draw(_steps(body, f"{name}_{index}", depth))
        step.after = step.after or [(0, None)]
        step.enter = False
        body.steps.append(step)
    edges = [edge for edge in draw(_edges(body)) if edge[0]]
    body.steps.append(Step(f"{name}_e", [(0, None), *edges], (), draw(st.integers(0, 2))))
    return body


# --- the slow and plain interpreter -------------------------------------------------------------

MERGE: dict[str, Callable[[Any, Any], Any]] = {
    "trace": lambda old, new: old + new,
    "total": lambda old, new: old + new,
    "seen": lambda old, new: {**old, **new},
    "low": lambda old, new: min(old, new),
}


def fold(state: dict[str, Any], updates: list[dict[str, Any]]) -> dict[str, Any]:
    """Return `state` after `updates`."""
    state = dict(state)
    for update in updates:
        for name, value in update.items():
            merges = name in MERGE and name in state
            state[name] = MERGE[name](state[name], value) if merges else value
    return state


@dataclass
class Told:
    """What the interpreter knows of one step."""

    ran: bool
    updates: list[dict[str, Any]]
    target: str | None
    ancestors: set[int]
    end: float


def interpret(
    region: Region, base: dict[str, Any], ran: list[str], owner: Step | None = None
) -> list[Told]:
    """Run the steps one after the other and return what each did, with the time it ended."""
    told: list[Told] = []
    for step in region.steps:
        taken = {
            index
            for index, label in step.after
            if told[index].ran and (label is None or told[index].target == label)
        }
        begin = max((told[index].end for index, _ in step.after), default=0.0)
        if step.after and not taken:
            told.append(Told(False, [], None, set(), begin))
            continue
        ancestors = set(taken).union(*(told[index].ancestors for index in taken))
        view = fold(base, [u for index in sorted(ancestors) for u in told[index].updates])
        if step.enter:
            told.append(Told(True, [], choice(step, base), set(), 0.0))
            continue
        if step.body is not None:
            updates, target, seconds = interpret_loop(step, view, ran)
            told.append(Told(True, updates, target, ancestors, begin + seconds))
            continue
        ran.append(step.name)
        is_end = owner is not None and step is region.steps[-1]
        update = count_round(owner, view) if owner and is_end else write(step, view)
        after = fold(view, [update])
        goal: str | None = None
        if owner and is_end:
            goal = decide(owner, after)
        elif step.labels:
            goal = choice(step, after)
        told.append(Told(True, [update], goal, ancestors, begin + step.seconds))
    return told


def interpret_loop(
    loop: Step, view: dict[str, Any], ran: list[str]
) -> tuple[list[dict[str, Any]], str, float]:
    """Run a loop; return its updates, the target it left for, and its seconds."""
    assert loop.body is not None
    updates: list[dict[str, Any]] = []
    seconds = 0.0
    while True:
        told = interpret(loop.body, fold(view, updates), ran, loop)
        updates += [u for each in told for u in each.updates]
        seconds += max(each.end for each in told)
        target = told[-1].target
        assert target is not None
        if target != "again":
            return updates, target, seconds


# --- the same region as a Flow ------------------------------------------------------------------


def declare(
    flow: Flow[State], region: Region, ran: list[str], trip: Trip, owner: Step | None = None
) -> list[Started]:
    """Start the steps of a region."""
    started: list[Started] = []
    for step in region.steps:
        after: list[Started | Arrow] = [
            started[index] if label is None else started[index].to(label)
            for index, label in step.after
        ]
        if step.enter:
            started.append(flow.enter(partial(choice, step)))
        elif step.body is not None:
            started.append(_start_loop(flow, step, after, ran, trip))
        elif owner is not None and step is region.steps[-1]:
            started.append(
                flow.start(
                    _coroutine(step, ran, trip, partial(count_round, owner)),
                    after=after,
                    choose=partial(decide, owner),
                )
            )
        else:
            choose = partial(choice, step) if step.labels else None
            work = _coroutine(step, ran, trip, partial(write, step))
            started.append(flow.start(work, after=after, choose=choose))
    return started


def _start_loop(
    flow: Flow[State], loop: Step, after: list[Started | Arrow], ran: list[str], trip: Trip
) -> Started:
    def body(inner: Flow[State]) -> None:
        assert loop.body is not None
        end = declare(inner, loop.body, ran, trip, loop)[-1]
        inner.again(end.to("again"))
        for label in loop.labels:
            inner.leave(end.to(label))

    return flow.loop(loop.name, body, after=after)


def _coroutine(
    step: Step, ran: list[str], trip: Trip, work: Callable[[dict[str, Any]], dict[str, Any]]
) -> Any:
    async def run(state: State) -> State:
        ran.append(step.name)
        await asyncio.sleep(step.seconds)
        trip(step.name)
        return cast(State, work(dict(state)))

    run.__name__ = step.name
    return run


def graph_of(region: Region, ran: list[str], trip: Trip = lambda name: None) -> StateGraph[State]:
    """Return a graph with the region as its only node."""

    async def node(state: State) -> State:
        flow = Flow(State, state)
        declare(flow, region, ran, trip)
        return await flow.finish()

    graph = StateGraph(State)
    graph.add_node("region", node)
    graph.add_edge(START, "region")
    graph.add_edge("region", END)
    return graph
