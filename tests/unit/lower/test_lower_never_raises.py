"""Whatever a file holds, lowering gives a workflow that prints, and reports; never an exception."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.ir.uses import exit_reads, expressions, reads, writes
from tests.unit.lower.lowering import Lowered, lower_text
from tests.unit.spec.yamlish import EVERY_KEY, every_key, files, mutated_files

ANY_FILE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

PYTHON = "def a(x: 'list[', *y, z: int = 1): ...\nclass b: ...\nlookup = a\n"
WORDS = st.sampled_from(
    ["{topic}", "{state.topic.x}", "topic", "state.n > 3", "{", "error.kind", "item", "a.py:lookup"]
    + ["import os", "x = [", "result = 1", "../x", "START", "END", "web_search", "${env:A}", "1/0"]
)


def lower_data(file: object) -> Lowered:
    """Lower data as JSON text, which is YAML; all files it names hold the same Python."""
    found = lower_text(json.dumps(file), {"a.py": PYTHON, "tools.py": PYTHON, "child.yaml": "a: 1"})
    for each in found.diagnostics:
        span = each.primary
        assert 0 <= span.start <= span.end <= len(span.source.text)
        assert each.message[0].islower() or each.message[0] in "`{0123456789"
    if found.workflow is not None:
        assert found.ir
        for node in found.workflow.nodes:
            assert (
                *reads(node),
                *writes(node),
                *expressions(node),
                *exit_reads(node.exit),
            ) is not None
    return found


@ANY_FILE
@given(files() | mutated_files())
def test_any_data(file: dict[str, object]) -> None:
    first, second = lower_data(file), lower_data(file)
    assert first.diagnostics == second.diagnostics
    assert first.workflow == second.workflow


@st.composite
def rewritten_files(draw: st.DrawFn) -> object:
    """The file with every key, with some of its texts replaced by words of the language."""

    def rewrite(value: object) -> object:
        if isinstance(value, dict):
            return {key: rewrite(each) for key, each in value.items()}
        if isinstance(value, list):
            return [rewrite(each) for each in value]
        if isinstance(value, str) and draw(st.integers(0, 6)) == 0:
            return draw(WORDS)
        return value

    return rewrite(every_key())


@ANY_FILE
@given(rewritten_files())
def test_any_texts(file: object) -> None:
    lower_data(file)


def test_the_file_with_every_key_lowers() -> None:
    found = lower_text(EVERY_KEY.read_text(encoding="utf-8"))
    assert found.workflow is not None
