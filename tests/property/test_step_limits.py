"""The recursion limit that a package is generated with is exact: the longest run needs all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from compiler.api import check_bytes
from compiler.ir.workflow import Workflow
from compiler.passes.optimize import optimize
from compiler.passes.steps import step_bound
from tests.support.generated import run_generated

NODES = [{"id": name, "set": {f"v_{name}": "n + 1"}} for name in "abcdefgh"]
NEVER = "n > 5"

SHAPES: dict[str, list[object]] = {
    "a chain": ["START -> a -> b -> c -> END"],
    "a loop": [
        "START -> a -> b",
        {"from": "b", "loop": {"to": "a", "until": NEVER, "max_iterations": 3}},
    ],
    "a loop of one node": [
        "START -> a",
        {"from": "a", "loop": {"until": NEVER, "max_iterations": 4, "exit_to": "b"}},
    ],
    "a loop in a loop": [
        "START -> a -> b -> c",
        {"from": "c", "loop": {"to": "b", "until": NEVER, "max_iterations": 2, "exit_to": "d"}},
        {"from": "d", "loop": {"to": "a", "until": NEVER, "max_iterations": 3, "exit_to": "e"}},
    ],
    "branches of one node": ["START -> a -> [b, c] -> d -> END"],
    "unequal branches in a loop": [
        "START -> a -> [b, c]",
        "b -> e -> d",
        "c -> d",
        {"from": "d", "loop": {"to": "a", "until": NEVER, "max_iterations": 2, "exit_to": "f"}},
    ],
    "a way back that is open in all rounds but the last": [
        "START -> a",
        {
            "from": "a",
            "routes": [
                {"condition": NEVER, "to": "END"},
                {"condition": "default", "to": "b", "max_iterations": 3, "on_exhausted": "END"},
            ],
        },
        "b -> c -> a",
    ],
}


def build(edges: list[object]) -> Workflow:
    used = [node for node in NODES if f"{node['id']}" in _names(edges)]
    fields: dict[str, object] = {"n": {"type": "int", "default": 0}}
    fields |= {f"v_{node['id']}": {"type": "int", "default": 0} for node in used}
    data = {"flow": {"name": "limit"}, "state": {"fields": fields}, "nodes": used, "edges": edges}
    analysis = check_bytes("limit.yaml", yaml.safe_dump(data).encode(), Path())
    assert not analysis.has_errors, analysis.diagnostics
    assert analysis.workflow is not None
    return analysis.workflow


def _names(part: object) -> set[str]:
    """The names of one letter in a list of edges."""
    if isinstance(part, str):
        return set(part.replace("[", " ").replace("]", " ").replace(",", " ").split())
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return {name for each in parts for name in _names(each)}


@pytest.mark.parametrize("name", SHAPES)
def test_the_longest_run_needs_the_whole_limit(name: str, tmp_path: Path) -> None:
    workflow = optimize(build(SHAPES[name]))[0]
    bound = step_bound(workflow)
    assert bound is not None
    run_generated(workflow, {}, tmp_path, {"": bound})
    with pytest.raises(Exception, match="rounds that the workflow can need"):
        run_generated(workflow, {}, tmp_path, {"": bound - 1})
