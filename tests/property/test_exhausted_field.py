"""`exhausted_field` says why a loop ended, in the generated package as in the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.api import check_bytes
from tests.support.generated import run_generated, same
from tests.support.reference import Reference

FLOW = """
flow: {{name: ended}}
state:
  n: {{type: int, default: 0}}
  done: {{type: bool, default: false}}
  gave_up: bool
  said: str
nodes:
  - {{id: count, set: {{n: n + 1, done: "n + 1 >= {needed}"}}}}
  - {{id: tell, set: {{said: '"gave up" if gave_up else "fine"'}}}}
edges:
  - START -> count
  - {{from: count, loop: {{{until}, max_iterations: 3, {leave}exhausted_field: {field}}}}}
"""


def text(needed: int, until: str, leave: str = "exit_to: tell, ", field: str = "gave_up") -> bytes:
    return FLOW.format(needed=needed, until=until, leave=leave, field=field).encode()


@pytest.mark.parametrize("until", ["until: n >= {}", "condition_field: done"])
@pytest.mark.parametrize(("needed", "gave_up"), [(1, False), (3, False), (4, True)])
def test_the_state_says_why_the_loop_ended(
    until: str, needed: int, gave_up: bool, tmp_path: Path
) -> None:
    analysis = check_bytes("ended.yaml", text(needed, until.format(needed)), Path())
    assert not analysis.has_errors, analysis.diagnostics
    assert analysis.workflow is not None
    expected = Reference(analysis.workflow).run({})
    assert expected.state["gave_up"] is gave_up
    assert expected.state["said"] == ("gave up" if gave_up else "fine")
    assert same(expected, run_generated(analysis.workflow, {}, tmp_path))


@pytest.mark.parametrize(("field", "code"), [("gave_upp", "AC302"), ("n", "AC408")])
def test_the_field_must_be_a_bool_that_there_is(field: str, code: str) -> None:
    analysis = check_bytes("ended.yaml", text(1, "until: n > 1", field=field), Path())
    assert code in {each.code for each in analysis.diagnostics}
