"""Formatting part by part gives what black gives for the whole module."""

from __future__ import annotations

from pathlib import Path

import black
import pytest
import yaml
from black.mode import TargetVersion
from hypothesis import HealthCheck, assume, given, settings

from bench.workflows import workflow as bench_workflow
from compiler.api import check_bytes
from compiler.emit.shapes import Shapes
from compiler.ir.workflow import Workflow
from tests.support.strategies import Data, workflows
from tests.support.unformatted import generate

WIDTH = 100
MODE = black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH)


def blacken(text: str) -> str:
    return black.format_str(text, mode=MODE)


def compare(workflow: Workflow) -> int:
    """Format all modules in both ways; return how many were formatted part by part."""
    shapes = Shapes(blacken, WIDTH)
    count = 0
    for path, text in generate(workflow).items():
        if not path.endswith(".py"):
            continue
        found = shapes.module(text)
        if found is not None:
            assert found == blacken(text), path
            count += 1
    return count


def sound(text: str) -> Workflow | None:
    analysis = check_bytes("flow.yaml", text.encode(), Path())
    return None if analysis.has_errors else analysis.workflow


def test_a_large_workflow_is_formatted_by_its_parts() -> None:
    workflow = sound(bench_workflow(60))
    assert workflow is not None
    assert compare(workflow) >= 6


@settings(max_examples=6, deadline=None, suppress_health_check=[*HealthCheck])
@given(workflows())
def test_random_workflows(data: Data) -> None:
    workflow = sound(yaml.safe_dump(data).replace("n1", "a_node_with_quite_a_long_name"))
    assume(workflow is not None)
    assert workflow is not None
    compare(workflow)


LONG = "a_name_that_is_long_enough_to_fill_most_of_a_line_so_that_little_more_is_needed"
MODULES = {
    "statements": f'''
"""A module."""

from x import y


@node
async def one(state: State) -> State:
    """Do it."""
    if state["x"] > 1:
        return {{"{LONG}": state["{LONG}"], "b": 2}}
    return {{"{LONG}": await f(state["{LONG}"]), "b": 'it"s'}}



def two(state: State) -> Literal["a", "b"] | None:
    return ("a") if (state["{LONG}"] == 1 and state["{LONG}"] == 2) else "b"


@node(retry=Retry(max_attempts=3, backoff=0.5), timeout=12.5, on_error={LONG}, rounds="{LONG}")
async def three(state: State) -> State:
    """Wide words: 表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表表."""
    if state["{LONG}"] and state["{LONG}"] or not state["{LONG}"]:
        return {{}}
    x = lambda a, *b, **c: a ** 2 + b[1:2]
    return {{"a": (1,), "b": [1, 2,], "c": -x ** -y, "d": x[a+1 :], "e": f"{{x}}" "y" 'z'}}


class Four(BaseModel):
    """A class."""

    a: int = Field(alias="{LONG}", description="{LONG}")
    b: (str)
''',
    "constants": f'''
"""The prompts."""

ONE = "short {{x}}"


TWO = """several

lines = {{x}}

def not_code(): pass
"""
THREE = "{LONG} {LONG}"



FOUR = ("{LONG}", "{LONG}")
FIVE = """one line"""
''',
    "a body of many lines": "import g\n\n\ndef build() -> G:\n"
    + "".join(f'    g.add("{"n" * (i % 90)}", nodes.{"n" * (i % 90 + 1)})\n' for i in range(120))
    + "    return g\n",
    "a mapping of many lines": '"""Places."""\n\nPLACES = {\n'
    + "".join(f'    "{"n" * i}": "flow.yaml:{i}",\n' for i in range(110))
    + "}\n",
}


@pytest.mark.parametrize("name", MODULES)
def test_what_templates_may_write(name: str) -> None:
    text = MODULES[name]
    shapes = Shapes(blacken, WIDTH)
    wanted = blacken(text)
    assert shapes.module(text) == wanted
    assert shapes.module(text) == wanted, "the second time, from the shapes that are known"
    assert shapes.module(wanted) == wanted


def test_a_module_of_another_form_is_left_to_black() -> None:
    shapes = Shapes(blacken, WIDTH)
    assert shapes.module('"""Only words."""\n') is None
    assert shapes.module('"""Words."""\n\nX = 1\n\nprint(X)\n') is None
    assert shapes.module('"""Words."""\n\nX = f("""two\nlines""", 1)\n\nY = 2\n') is None
