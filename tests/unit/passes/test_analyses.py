"""The analyses against all possible runs of small random workflows."""

from __future__ import annotations

from random import Random

import pytest

from compiler.ir.graph import Graph
from compiler.ir.names import END, START, FieldName, NodeId
from compiler.passes import Analysis
from compiler.passes.assigned import Assigned
from compiler.passes.concurrency import Concurrency
from compiler.record import replace
from tests.unit.passes.oracle import all_runs
from tests.unit.passes.sketch import sketch

X = FieldName("x")


def draw(random: Random) -> str:
    """A sketch without cycles; each node may write `x`, and fail over to another node."""
    names = [f"n{i}" for i in range(random.randint(3, 7))]
    firsts = names[: max(1, len(names) // 2)]
    lines = ["field s: int = 0", "field x"]
    lines.append(f"START -> {', '.join(random.sample(firsts, min(len(firsts), 2)))}")
    for i, name in enumerate(names):
        later = [*names[i + 1 :], "END"]
        parts = ["reads x"]
        if random.random() < 0.4:
            parts.append("writes x")
        if random.random() < 0.1:
            parts.append(f"on_error {random.choice(later)}")
        if random.random() < 0.5:
            count = min(len(later), random.choice([1, 1, 2, 2, 3]))
            targets = [*dict.fromkeys(random.sample(later, count))]
            if len(targets) > 1 and "END" in targets:
                targets.remove("END")
            parts.append(f"-> {', '.join(targets)}")
        else:
            one, other = random.choice(later), random.choice(later)
            parts.append(f"if s > 1 -> {one}; else -> {other}")
        lines.append(f"{name}: {'; '.join(parts)}")
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(300))
def test_a_read_is_missing_exactly_if_some_run_leaves_it_unset(seed: int) -> None:
    """A missing field counts as set from there on, so only the first on each way is judged."""
    text = draw(Random(seed))
    analysis = Analysis(sketch(text))
    runs = list(all_runs(analysis))
    concurrency = Concurrency(analysis)
    missing = {each.node for each in Assigned(analysis).missing}
    writers = {node for node, writes in analysis.writes.items() if writes}
    for node in analysis.nodes:
        if node not in analysis.rank or any(concurrency.comes_before(m, node) for m in missing):
            continue
        is_set = all(run[node] & writers for run in runs if node in run)
        assert (node not in missing) == is_set, (node, text)


@pytest.mark.parametrize("seed", range(300))
def test_nodes_run_together_exactly_if_some_run_has_both_unordered(seed: int) -> None:
    text = draw(Random(seed))
    analysis = Analysis(sketch(text))
    runs = list(all_runs(analysis))
    concurrency = Concurrency(analysis)
    nodes = [node for node in analysis.order if node not in (START, END)]
    for i, one in enumerate(nodes):
        for other in nodes[:i]:
            both = any(one in run and other in run for run in runs)
            together = both and not concurrency.are_ordered(one, other)
            assert (concurrency.find_fork(one, other) is not None) == together, (one, other, text)


def test_a_loop_is_seen_one_iteration_at_a_time() -> None:
    analysis = Analysis(sketch("""
            field s: int = 0
            START -> a
            a: writes x; -> b
            b: reads x; if s > 1 -> END; else -> a max 3 then END
            """))
    assert Concurrency(analysis).comes_before(NodeId("a"), NodeId("b"))
    assert not Concurrency(analysis).comes_before(NodeId("b"), NodeId("a"))
    assert Assigned(analysis).missing == ()


def test_a_rewritten_workflow_has_a_graph_of_its_own() -> None:
    workflow = sketch("""
        START -> a
        a: -> b
        b: -> END
    """)
    shorter = replace(workflow, nodes=workflow.nodes[:1])
    assert Graph.of(workflow) is Graph.of(workflow)
    assert Graph.of(workflow).reachable == {START, "a", "b", END}
    assert Graph.of(shorter).nodes == ("a",)
    assert replace(shorter, nodes=workflow.nodes) == workflow
