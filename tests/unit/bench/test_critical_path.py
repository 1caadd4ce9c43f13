"""The critical path of a run, as the benchmarks compute it from its trace."""

from __future__ import annotations

import pytest

from bench.examples import EXAMPLES, LATENCY, RUN, calls_in_a_row, critical_seconds
from bench.measure import ROOT
from compiler.profile.trace import Step, Trace
from compiler.profile.visits import visits_of

SECOND = 1_000_000_000


def _step(id: str, parent: str | None, kind: str, start: float, end: float) -> Step:
    return Step(id, parent, id.partition("#")[0], kind, int(start * SECOND), int(end * SECOND))


def _trace(*steps: Step) -> Trace:
    return Trace("t", "w", False, (_step("root", None, "workflow", 0, 10), *steps))


def test_calls_that_overlap_count_once() -> None:
    trace = _trace(
        _step("map", "root", "node", 0, 4),
        _step("a", "map", "llm", 0, 1),
        _step("b", "map", "llm", 0.1, 1.1),
        _step("c", "map", "llm", 1.2, 2.2),
    )
    assert calls_in_a_row(visits_of(trace)[0]) == 2


def test_only_steps_that_waited_for_one_another_add_up() -> None:
    trace = _trace(
        _step("first", "root", "node", 0, 1),
        _step("first_call", "first", "llm", 0, 1),
        _step("left", "root", "node", 1, 2),
        _step("left_call", "left", "llm", 1, 2),
        _step("right", "root", "node", 2.5, 3.5),  # late, but it did not need `left`
        _step("right_call", "right", "llm", 2.5, 3.5),
    )
    apart = {"first": frozenset(), "left": frozenset({"first"}), "right": frozenset({"first"})}
    assert critical_seconds(trace, apart) == pytest.approx(2 * LATENCY)
    after = {**apart, "right": frozenset({"first", "left"})}
    assert critical_seconds(trace, after) == pytest.approx(3 * LATENCY)


def test_answers_that_nobody_was_asked_for_cost_nothing() -> None:
    free = Step("call", "node", "call", "llm", 0, SECOND, is_free=True)
    trace = _trace(_step("node", "root", "node", 0, 1), free)
    assert critical_seconds(trace, {"node": frozenset()}) == 0.0


def test_every_example_is_run_and_written_by_hand() -> None:
    folders = {path.parent.name for path in EXAMPLES.glob("*/workflow.yaml")}
    assert folders == RUN.keys()
    assert len(RUN) >= 12
    by_hand = {path.stem for path in (ROOT / "bench" / "handwritten").glob("*.py")}
    assert by_hand >= RUN.keys()
