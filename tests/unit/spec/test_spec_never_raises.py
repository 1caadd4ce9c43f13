"""Whatever a file holds, reading it gives a spec and reports, never an exception."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.spec import WorkflowSpec, read
from compiler.spec.plain import plain
from compiler.syntax import parse
from tests.unit.spec.test_spec_read import sections
from tests.unit.spec.yamlish import files, mutated_files

ANY_FILE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def read_data(file: dict[str, object]) -> tuple[WorkflowSpec, tuple[Diagnostic, ...]]:
    """Read data as JSON text, which is YAML."""
    sink = Sink()
    tree = parse(SourceFile("w.yaml", json.dumps(file)), sink)
    assert tree is not None
    spec = read(tree, sink)
    assert spec is not None
    return spec, sink.diagnostics


@ANY_FILE
@given(files() | mutated_files())
def test_any_data(file: dict[str, object]) -> None:
    spec, found = read_data(file)
    for each in found:
        span = each.primary
        assert 0 <= span.start <= span.end <= len(span.source.text)
        assert each.code[:3] in ("AC1", "AC2") or each.code == "AC601"
        assert "pydantic" not in each.message and "Input" not in each.message
        assert each.message[0].islower() or each.message[0] == "`"
    if spec.poisoned or any(section.pruned for section in sections(spec)):
        assert found


@ANY_FILE
@given(mutated_files(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(file: dict[str, object], random: object) -> None:
    shuffled = dict(sorted(file.items(), reverse=True))
    first, second = read_data(file), read_data(shuffled)
    assert sorted((each.code, each.message) for each in first[1]) == sorted(
        (each.code, each.message) for each in second[1]
    )
    assert plain(first[0]) == plain(second[0])


@ANY_FILE
@given(mutated_files())
def test_what_is_left_has_no_mistakes(file: dict[str, object]) -> None:
    """Reading the spec that was saved, written out again, finds nothing more."""
    spec, _ = read_data(file)
    again = plain(spec)
    assert isinstance(again, dict)
    edges = again.get("edges") or []
    again["edges"] = [edge.get("text", edge) for edge in edges]
    if not again["nodes"] or spec.edges is None:
        return
    saved, found = read_data(again)
    assert not found, found
    assert len(saved.nodes) == len(spec.nodes)
