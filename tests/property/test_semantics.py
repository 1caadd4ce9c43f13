"""The generated package and the reference interpreter agree on every random workflow.

At -O1 the state and the nodes that ran are those of the workflow as it was written; model calls are those of the
optimized one, in which work that is known already is not done again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from compiler import api
from compiler.diagnostics.diagnostic import Severity
from compiler.passes.optimize import optimize
from tests.support.generated import run_generated, same
from tests.support.reference import Reference
from tests.support.strategies import Data, workflows

MAY_BE_REFUSED = {"AC504", "AC517"}
"""Random workflows may race; everything else the compiler finds wrong in them is a bug of the compiler."""


def _agree(data: Data, *, optimized: bool) -> None:
    text = yaml.safe_dump(data, sort_keys=False)
    note(text)
    analysis = api.check_bytes("random.yaml", text.encode(), Path())
    errors = {d.code for d in analysis.diagnostics if d.severity is Severity.ERROR}
    assert errors <= MAY_BE_REFUSED, analysis.diagnostics
    assume(not errors)
    assert analysis.workflow is not None
    expected = Reference(analysis.workflow).run({})
    workflow = analysis.workflow
    if optimized:
        workflow = optimize(analysis.workflow)[0]
        calls = Reference(workflow).run({}).model_calls
        assert calls <= expected.model_calls
        expected.model_calls = calls
    with tempfile.TemporaryDirectory() as folder:
        found = run_generated(workflow, {}, Path(folder))
    note(f"expected {expected}\nfound    {found}")
    assert same(expected, found)


_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=100, deadline=None, suppress_health_check=_CHECKS)
@given(workflows(), st.booleans())
def test_random_workflows(data: Data, optimized: bool) -> None:
    _agree(data, optimized=optimized)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=_CHECKS)
@given(workflows(), st.booleans())
def test_many_random_workflows(data: Data, optimized: bool) -> None:
    _agree(data, optimized=optimized)
