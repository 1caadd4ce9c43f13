"""What must hold of the passes on every workflow, sound or broken."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random

import yaml
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from compiler.api import check_bytes
from compiler.diagnostics.sink import Sink
from compiler.ir.verify import verify
from compiler.ir.workflow import Workflow
from compiler.passes import Analysis, estimate, run_passes
from compiler.passes.optimize import OPTIMIZERS, optimize
from compiler.passes.steps import step_bound
from tests.support.reference import Reference
from tests.support.strategies import Data, workflows

REPEATS = ("it would make the same call", "nothing it reads changes there", "never holds")
"""How the reports of rewrites end after which a run may make fewer calls."""
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_LIMITS = settings(max_examples=60, deadline=None, suppress_health_check=_CHECKS)


def _sound(data: Data) -> Workflow:
    text = yaml.safe_dump(data, sort_keys=False)
    note(text)
    analysis = check_bytes("random.yaml", text.encode(), Path())
    assume(not analysis.has_errors)
    assert analysis.workflow is not None
    return analysis.workflow


@_LIMITS
@given(workflows())
def test_the_estimate_holds_what_a_run_does(data: Data) -> None:
    workflow = _sound(data)
    calls = estimate(Analysis(workflow)).amount.calls
    found = Reference(workflow).run({}).model_calls
    note(f"{calls} {found}")
    assert calls.low <= found <= calls.high


@_LIMITS
@given(workflows())
def test_rewrites_change_nothing_that_a_user_sees(data: Data) -> None:
    workflow = _sound(data)
    rewritten, reports = optimize(workflow)
    note(str(reports))
    assert verify(rewritten) == []
    before, after = Reference(workflow).run({}), Reference(rewritten).run({})
    assert before.state == after.state
    assert before.executed == after.executed
    assert before.model_calls >= after.model_calls
    repeats = any(each.nodes and each.text.endswith(REPEATS) for each in reports)
    assert repeats or before.model_calls == after.model_calls
    sink = Sink()
    run_passes(rewritten, sink)
    assert not sink.has_errors, sink.diagnostics


@_LIMITS
@given(workflows())
def test_passes_and_rewrites_are_idempotent(data: Data) -> None:
    workflow = _sound(data)
    sink = Sink()
    assert run_passes(workflow, sink) is workflow
    for rewrite in OPTIMIZERS:
        once, _ = rewrite(Analysis(workflow))
        twice, reports = rewrite(Analysis(once))
        assert twice == once
        assert not reports


@_LIMITS
@given(workflows(), st.randoms(use_true_random=False))
def test_nothing_raises_on_a_workflow_with_holes(data: Data, random: Random) -> None:
    workflow = _sound(data)
    nodes = [node for node in workflow.nodes if random.random() < 0.8]
    nodes = [
        replace(node, exit=random.choice(workflow.nodes).exit) if random.random() < 0.3 else node
        for node in nodes
    ]
    fields = tuple(each for each in workflow.fields if random.random() < 0.9)
    broken = replace(workflow, nodes=tuple(nodes), fields=fields)
    run_passes(broken, Sink())


@_LIMITS
@given(workflows())
def test_the_step_bound_is_finite_and_covers_a_straight_run(data: Data) -> None:
    workflow = _sound(data)
    bound = step_bound(workflow)
    assert bound is not None
    assert 0 < bound < inf
