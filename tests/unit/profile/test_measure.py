"""Figures of runs whose times are round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.profile.advice import advise
from compiler.profile.measure import NodeFigures, Profile, measure, percentile
from compiler.profile.trace import Step
from tests.unit.profile.runs import call, run, step

DIAMOND = {
    "plan": frozenset[str](),
    "facts": frozenset({"plan"}),
    "doubts": frozenset({"plan"}),
    "write": frozenset({"plan", "facts", "doubts"}),
}


def diamond(doubts: float = 4.0) -> list[Step]:
    """plan 1 s, then facts 2 s beside doubts, then write 3 s."""
    plan, facts = step("plan", 0, 1), step("facts", 1, 3)
    slow = step("doubts", 1, 1 + doubts)
    write = step("write", 1 + max(2, doubts), 4 + max(2, doubts))
    return [plan, facts, slow, write, call(write, 1 + max(2, doubts), 4 + max(2, doubts))]


def figures(profile: Profile, name: str) -> NodeFigures:
    return next(node for node in profile.nodes if node.name == name)


def test_the_critical_path_goes_through_the_slower_branch() -> None:
    profile = measure([run("a", 8, diamond())], DIAMOND)
    assert profile.path == ("plan", "doubts", "write")
    assert figures(profile, "doubts").critical == pytest.approx(4 / 8)
    assert figures(profile, "facts").critical == 0
    assert profile.bottleneck is figures(profile, "doubts")


def test_twice_the_speed_saves_only_until_another_branch_is_slower() -> None:
    profile = measure([run("a", 8, diamond())], DIAMOND)
    # doubts in 2 s instead of 4 s: facts takes as long, so exactly 2 s are saved.
    assert figures(profile, "doubts").saved == pytest.approx(2)
    assert figures(profile, "write").saved == pytest.approx(1.5)
    near = measure([run("a", 6.5, diamond(2.5))], DIAMOND)
    assert figures(near, "doubts").saved == pytest.approx(0.5), "facts takes 2 s"


def test_what_a_node_cannot_reach_did_not_hold_it_up() -> None:
    apart = [step("a", 0, 2), step("b", 0, 1), step("c", 2, 5)]
    only_b = {"a": frozenset[str](), "b": frozenset[str](), "c": frozenset({"b"})}
    assert measure([run("x", 5, apart)], only_b).path == ("b", "c")
    assert measure([run("x", 5, apart)], None).path == ("a", "c"), "the workflow is not known"


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([7.0], 95) == 7.0
    runs = [run(str(n), n, [step("only", 0, n)]) for n in range(1, 21)]
    only = figures(measure(runs, None), "only")
    assert (only.p50, only.p95, only.runs, only.visits) == (10.5, 19, 20, 20)


def test_rounds_of_a_loop_are_visits_of_one_run() -> None:
    steps = [step("write", 0, 2), step("judge", 2, 3), step("write", 3, 5), step("judge", 5, 6)]
    both = frozenset({"write", "judge"})
    profile = measure([run("a", 6, steps)], {"write": both, "judge": both})
    assert profile.path == ("write", "judge", "write", "judge")
    assert (figures(profile, "write").runs, figures(profile, "write").visits) == (1, 2)
    assert figures(profile, "write").saved == pytest.approx(2)


def test_calls_without_a_price_are_told_and_free_ones_do_not_count() -> None:
    node = step("ask", 0, 3)
    answers = [
        call(node, 0, 1, cost=None),
        call(node, 1, 2),
        replace(call(node, 2, 3), is_free=True),
    ]
    profile = measure([run("a", 3, [node, *answers])], None)
    assert (profile.calls, profile.unpriced, profile.cost) == (2, 1, 0.001)
    assert figures(profile, "ask").model_share == pytest.approx(1)


def test_a_map_that_is_held_back_by_its_bound_is_told_to_widen() -> None:
    each = step("each", 0, 10)
    items = [step(f"each[{n}]", n // 2, n // 2 + 1, kind="item", parent=each.id) for n in range(20)]
    profile = measure([run("a", 10, [each, *items])], None)
    assert figures(profile, "each").most_at_once == 2
    assert figures(profile, "each[]").visits == 20
    texts = [advice.text for advice in advise(profile)]
    assert any("2 of 20 items at a time: `max_concurrency: 4`" in text for text in texts)
    wide = [step(f"each[{n}]", 0, 10, kind="item", parent=each.id) for n in range(20)]
    unbound = measure([run("a", 10, [each, *wide])], None)
    assert not any("max_concurrency" in advice.text for advice in advise(unbound))


def test_nodes_of_sub_workflows_stand_below_the_node_that_runs_them() -> None:
    outer = step("articles", 0, 4)
    item = step("articles[0]", 0, 4, kind="item", parent=outer.id)
    inner = step("draft", 0, 3, parent=item.id)
    profile = measure([run("a", 4, [outer, item, inner])], None)
    assert [node.name for node in profile.nodes] == ["articles", "articles[]", "articles.draft"]
    assert profile.path == ("articles",)


def test_time_lost_to_attempts_that_failed_is_told() -> None:
    node = step("flaky", 0, 6)
    again = step("attempt 2", 4, 6, kind="retry", parent=node.id)
    profile = measure([run("a", 6, [node, again])], None)
    assert figures(profile, "flaky").lost == pytest.approx(4)
    assert any("attempts that fail" in advice.text for advice in advise(profile))


def test_the_wait_for_a_person_is_not_time_of_the_run() -> None:
    asked = replace(step("ask", 0, 1), status="paused")
    answered = step("ask", 1001, 1002)
    trace = run("a", 1003, [asked, answered])
    assert trace.seconds == pytest.approx(3)
    assert measure([trace], None).p50 == pytest.approx(3)


def test_the_largest_gain_comes_first() -> None:
    gains = [advice.gain for advice in advise(measure([run("a", 8, diamond())], DIAMOND))]
    assert gains == sorted(gains, reverse=True)
    assert gains
