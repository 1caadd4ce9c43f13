"""The JSON Schema: valid itself, current on disk, and never at odds with what the compiler accepts."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.spec import read
from compiler.spec.export import Json, json_schema, schema_text
from compiler.syntax import parse, to_data
from tests.unit.spec.reading import FLOW, read_text, tree_of
from tests.unit.spec.test_spec_mistakes import ALL
from tests.unit.spec.yamlish import mutated_files

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "schemas" / "workflow.v1.schema.json"
EVERY_KEY = Path(__file__).parent / "every_key.yaml"
WORKFLOWS = sorted(
    [*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("golden/packages/*/workflow.yaml")]
)


@cache
def validator() -> Draft202012Validator:
    """Return a validator of the exported schema."""
    Draft202012Validator.check_schema(json_schema())
    return Draft202012Validator(json_schema())


def fits(text: str) -> bool:
    """Whether the schema takes a text."""
    return bool(validator().is_valid(to_data(tree_of(text))))


def test_the_file_is_current() -> None:
    help = "run `python -m tests.support.write_schema`"
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), help


def test_every_key_has_a_description() -> None:
    schema = json_schema()
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    for name, definition in [("workflow", schema), *definitions.items()]:
        assert isinstance(definition, dict)
        properties = definition.get("properties", {})
        assert isinstance(properties, dict)
        for key, value in properties.items():
            assert isinstance(value, dict) and value.get("description"), f"{name}.{key}"


def test_no_trace_of_the_library() -> None:
    def keys(value: Json) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(keys, value))
        if not isinstance(value, dict):
            return set()
        return set(value).union(*map(keys, value.values()))

    assert not keys(json_schema()) & {"discriminator", "oneOf"}


@pytest.mark.parametrize(
    "path",
    [EVERY_KEY, *(path for path in WORKFLOWS if "nodes:" in path.read_text(encoding="utf-8"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_workflows_fit(path: Path) -> None:
    assert fits(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        FLOW + "nodes: {a: {prompt: x}, x-b: 1}",
        FLOW + "state: {topic: str}\nnodes: [{id: a, prompt: x}]",
        FLOW + "state: {fields: {topic: str}}\nnodes: [{id: a, prompt: x, tools: [y]}]",
        FLOW + "x-a: 1\nedges:\nnodes: [{id: a, prompt: x, x-b: 1}]",
    ],
)
def test_forms_fit(text: str) -> None:
    assert fits(text)


@pytest.mark.parametrize("text", [text for _, text, _ in ALL])
def test_what_the_schema_refuses_the_compiler_reports(text: str) -> None:
    if not fits(text):
        assert read_text(text)[1]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_the_compiler_takes_fits_the_schema(data: st.DataObject) -> None:
    file = data.draw(mutated_files())
    sink = Sink()
    tree = parse(SourceFile("w.yaml", json.dumps(file)), sink)
    assert tree is not None
    read(tree, sink)
    if not sink.diagnostics:
        errors = [error.message for error in validator().iter_errors(to_data(tree))]
        assert not errors, errors
