"""What a file without mistakes is read into, and where each section says it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.spec import (
    AgentNodeSpec,
    ChainSpec,
    CodeNodeSpec,
    EdgeSpec,
    FileSpec,
    ModelSpec,
    Spec,
    read,
)
from compiler.spec.base import keys_of
from compiler.spec.nodes import CommonNodeSpec
from compiler.syntax import Mapping, Scalar, find, key_span_at, span_at
from tests.unit.spec.reading import FLOW, read_text, read_well, tree_of

EVERY_KEY = (Path(__file__).parent / "every_key.yaml").read_text(encoding="utf-8")


def sections(value: object) -> list[Spec]:
    """Return a section and all below it."""
    if isinstance(value, Spec):
        return [value, *(each for inner in value.__dict__.values() for each in sections(inner))]
    if isinstance(value, list | dict):
        items = value.values() if isinstance(value, dict) else value
        return [each for inner in items for each in sections(inner)]
    return []


def test_every_key_of_every_section_is_read() -> None:
    used: dict[type[Spec], set[str]] = {}
    for section in sections(read_well(EVERY_KEY)):
        used.setdefault(type(section), set()).update(section.written)
    common = set(keys_of(CommonNodeSpec))
    kinds = {model for model in used if issubclass(model, CommonNodeSpec)}
    assert common <= set().union(*(used[model] for model in kinds))
    for model, keys in used.items():
        assert set(keys_of(model)) - keys <= (common if model in kinds else set()), model


def test_every_section_knows_its_place() -> None:
    tree = tree_of(EVERY_KEY)
    spec = read(tree, Sink())
    seen = set()
    for section in sections(spec):
        place = find(tree, section.at)
        short = isinstance(section, ChainSpec) or isinstance(place, Scalar)
        assert isinstance(place, Scalar if short else Mapping), section
        assert section.at not in seen or not section.at
        seen.add(section.at)
        assert section.pruned == frozenset()


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ("{id: a, prompt: x}", "llm"),
        ("{id: a, prompt: x, tools: []}", "llm"),
        ("{id: a, prompt: x, tools: [calculator]}", "agent"),
        ("{id: a, prompt: x, agents: [b]}", "agent"),
        ("{id: a, prompt: x, handoff: [b]}", "agent"),
        ("{id: a, prompt: x, code: result = 1}", "code"),
        ("{id: a, prompt: x, code: result = 1, tools: [calculator]}", "code"),
        ("{id: a, function: './h.py:f'}", "function"),
        ("{id: a, tool: calculator, args: {}}", "tool"),
        ("{id: a, set: {b: 1}}", "set"),
        ("{id: a, ask: ok?}", "human"),
        ("{id: a, workflow: ./o.yaml}", "workflow"),
        ("{id: a, kind: agent, prompt: x}", "agent"),
    ],
)
def test_kind(node: str, kind: str) -> None:
    (read_node,) = read_well(f"{FLOW}nodes: [{node}]").nodes
    assert read_node.kind == kind


def test_text_forms() -> None:
    spec = read_well(FLOW + """
nodes:
  - {id: a, prompt: hello, system: {file: s.md}, llm: fast}
  - {id: b, prompt: {file: p.md}, tools: [x, {name: y}], llm: {model: m}}
models: {fast: {model: m}}
""")
    first, second = spec.nodes
    assert first.kind == "llm" and first.prompt == "hello" and isinstance(first.system, FileSpec)
    assert first.llm == "fast" and isinstance(second.llm, ModelSpec)
    assert isinstance(second, AgentNodeSpec) and isinstance(second.prompt, FileSpec)
    assert second.tools is not None and second.tools[0] == "x"


def test_nodes_as_a_mapping() -> None:
    text = FLOW + "nodes:\n  first:\n    prompt: hi\n  second: {id: second, code: result = 1}\n"
    tree = tree_of(text)
    first, second = read_well(text).nodes
    assert (first.id, second.id) == ("first", "second")
    assert first.at == ("nodes", "first") and first.is_keyed
    assert text_at(key_span_at(tree, first.id_at)) == "first"
    assert isinstance(second, CodeNodeSpec)


def test_nodes_as_a_list() -> None:
    text = FLOW + "nodes:\n  - prompt: hi\n    id: first\n"
    (node,) = read_well(text).nodes
    assert not node.is_keyed
    assert text_at(span_at(tree_of(text), node.id_at)) == "first"


@pytest.mark.parametrize(
    ("state", "at"),
    [
        ("state: {topic: str}", ("state", "topic")),
        ("state: {fields: {topic: str}}", ("state", "fields", "topic")),
    ],
)
def test_state_forms(state: str, at: tuple[str, ...]) -> None:
    spec = read_well(f"{FLOW}{state}\nnodes: [{{id: a, prompt: x}}]")
    assert spec.state is not None
    field = spec.state.fields["topic"]
    assert field.type == "str" and field.at == at and field.type_at == at and not field.has_default


def test_a_field_called_fields() -> None:
    spec = read_well(
        FLOW + "state: {fields: {type: str, default: null}}\nnodes: [{id: a, prompt: x}]"
    )
    assert spec.state is not None
    field = spec.state.fields["fields"]
    assert field.type_at == ("state", "fields", "type") and field.has_default


def test_a_field_called_type() -> None:
    spec = read_well(FLOW + "state: {fields: {type: str, topic: str}}\nnodes: [{id: a, prompt: x}]")
    assert spec.state is not None and list(spec.state.fields) == ["type", "topic"]


def test_edges_keep_their_places_when_one_before_is_dropped() -> None:
    spec, found = read_text(
        FLOW
        + "nodes: [{id: a, prompt: x}]\nedges:\n  - START ->\n  - 7\n  - a -> END\n  - {from: a, to: b}\n"
    )
    assert [each.code for each in found] == ["AC207", "AC203"]
    assert spec.edges is not None
    chain, edge = spec.edges
    assert isinstance(chain, ChainSpec) and chain.at == ("edges", 2)
    assert isinstance(edge, EdgeSpec) and edge.at == ("edges", 3)
    assert "edges" in spec.pruned


def test_no_edges_and_empty_edges_differ() -> None:
    assert read_well(FLOW + "nodes: [{id: a, prompt: x}]").edges is None
    assert read_well(FLOW + "nodes: [{id: a, prompt: x}]\nedges: []").edges == []


def test_ignored_keys() -> None:
    spec = read_well(FLOW + """
x-base: &base {timeout: 5}
nodes:
  - {id: a, prompt: x, x-note: 1, llm: {model: m, x-why: cheap}}
models: {x-old: 5, m: {model: m}}
tools: {web: {http: {url: u, headers: {x-key: k}}}}
""")
    assert spec.models is not None and list(spec.models) == ["m"]
    assert spec.tools is not None and spec.tools["web"].http is not None
    assert spec.tools["web"].http.headers == {"x-key": "k"}


def test_empty_values_are_left_out_values() -> None:
    spec = read_well(FLOW + "state:\nedges:\nnodes: [{id: a, prompt: x, description: , llm: }]")
    assert spec.state is None and spec.edges is None and spec.nodes[0].llm is None


def test_a_misspelt_key_is_read_as_the_one_that_is_meant() -> None:
    text = FLOW + "nodes:\n  - id: a\n    promt: {file: p.md}\n"
    spec, found = read_text(text)
    (node,) = spec.nodes
    assert [each.code for each in found] == ["AC201"]
    assert node.kind == "llm" and isinstance(node.prompt, FileSpec)
    assert node.prompt.at == ("nodes", 0, "promt")


def test_dropped_names_are_poisoned() -> None:
    spec, _ = read_text(FLOW + """
state: {good: str, bad: 5}
types: {T: 5, U: {f: 7}}
models: {m: 3}
tools: {t: {}}
nodes: [{id: ok, prompt: x}, {id: no}, {id: empty, prompt: 3}]
""")
    assert spec.poisoned == {"bad", "T", "f", "m", "t", "no", "empty"}
    assert [node.id for node in spec.nodes] == ["ok"]


def test_lost_keys_are_named() -> None:
    spec, _ = read_text(FLOW + "nodes: [{id: a, prompt: x, outputs: [1, b], timeout: soon}]")
    (node,) = spec.nodes
    assert node.kind == "llm" and node.outputs == ["b"]
    assert node.pruned == {"outputs", "timeout"}


def test_not_a_mapping() -> None:
    sink = Sink()
    scalar = Scalar("x", "x", Span(SourceFile("w.yaml", "x"), 0, 1), "plain")
    assert read(scalar, sink) is None
    assert [each.code for each in sink.diagnostics] == ["AC104"]


def text_at(span: Span) -> str:
    """Return the source text of a span."""
    return span.source.text[span.start : span.end]
