"""What `compiler.ir` says about lowered nodes: reads, writes, uses, and what a broken workflow breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.diagnostics.span import Span
from compiler.ir.exits import Arrow, Goto
from compiler.ir.names import END, FieldName, NodeId
from compiler.ir.uses import (
    exit_reads,
    expressions,
    models_used,
    reads,
    tools_used,
    writes,
)
from compiler.ir.verify import verify
from compiler.ir.workflow import Workflow
from tests.unit.lower.lowering import lower_text

FLOW = """
flow: {name: flow}
config: {llm: {model: ollama/x}}
state:
  topic: {type: str, required: true}
  xs: {type: "list[str]", default: []}
  draft: str
  note: str
  found: "list[str]"
  failed: "list[dict]"
nodes:
  - id: plain
    when: topic != ""
    inputs: {n: len(xs)}
    prompt: |
      About {topic} and {n},
        again {state.topic}.
    system: "{draft}"
    tools: [calculator, calculator2.x]
    outputs: [draft]
    memory: {read: {k: "{note}"}, write: {last: "{draft} {topic}"}, search: {query: "{xs}", into: hits}}
  - {id: sure, set: {draft: topic, note: draft}}
  - {id: lenient, set: {draft: topic}, on_error: continue}
  - {id: mended, set: {draft: topic, note: topic}, on_error: {set: {draft: error.message}}}
  - {id: moved, set: {draft: topic}, on_error: {goto: handler}}
  - {id: handler, set: {draft: error.kind}}
  - {id: mapped, prompt: "{item}", outputs: [part], foreach: {in: xs, collect: found, on_error: skip, errors: failed}}
tools: {calculator2: {mcp: {command: [x]}}}
edges:
  - START -> plain -> sure -> lenient -> mended -> moved -> mapped
  - {from: mapped, routes: [{condition: "len(found) > 1 and topic", to: END}, {condition: default, to: END}]}
  - handler -> END
"""


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    text = FLOW.replace('len(found) > 1 and topic"', 'len(found) > 1 and topic == note"')
    found = lower_text(text)
    assert found.codes == []
    assert found.workflow is not None
    return found.workflow


def node_reads(workflow: Workflow, id: str) -> list[str]:
    return [read.field for read in reads(workflow.node(NodeId(id)))]


def node_writes(workflow: Workflow, id: str) -> dict[str, bool]:
    return {each.field: each.is_certain for each in writes(workflow.node(NodeId(id)))}


def test_reads_come_in_the_order_of_evaluation(workflow: Workflow) -> None:
    expected = ["topic", "note", "xs", "xs", "draft", "topic", "topic"]
    # The write to memory reads `draft` once more: with `when`, it may not have been written here.
    assert node_reads(workflow, "plain") == [*expected, "draft", "topic"]


def test_a_read_of_what_the_node_wrote_itself_counts_not_within_its_values(
    workflow: Workflow,
) -> None:
    assert node_reads(workflow, "sure") == ["topic", "draft"]


def test_handlers_read_the_error_they_were_given(workflow: Workflow) -> None:
    assert node_reads(workflow, "mended") == ["topic", "topic"]
    assert node_reads(workflow, "handler") == ["error"]


def test_reads_stand_where_the_names_stand(workflow: Workflow) -> None:
    for node in workflow.nodes:
        for read in (*reads(node), *exit_reads(node.exit)):
            span = read.span
            text = span.source.text[span.start : span.end]
            assert text.removeprefix("state.") == read.field
    lines = [each.span.line for each in reads(workflow.node(NodeId("plain")))]
    assert lines == [13, 21, 14, 21, 18, 16, 17, 21, 21]


def test_exits_read_after_the_node(workflow: Workflow) -> None:
    exit = workflow.node(NodeId("mapped")).exit
    assert [read.field for read in exit_reads(exit)] == ["found", "topic", "note"]
    assert len(expressions(workflow.node(NodeId("mapped")))) == 2


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("plain", {"draft": False}),
        ("sure", {"draft": True, "note": True}),
        ("lenient", {"draft": False}),
        ("mended", {"draft": True, "note": False}),
        ("moved", {"draft": True}),
        ("mapped", {"found": True, "failed": True}),
    ],
)
def test_writes_are_certain_unless_a_way_leads_around_them(
    workflow: Workflow, id: str, expected: dict[str, bool]
) -> None:
    assert node_writes(workflow, id) == expected


def test_models_and_tools(workflow: Workflow) -> None:
    plain = workflow.node(NodeId("plain"))
    assert models_used(plain) == ("default",)
    assert tools_used(plain) == ("calculator", "calculator2.x")
    assert models_used(workflow.node(NodeId("sure"))) == ()


def test_the_verifier_finds_what_a_pass_could_break(workflow: Workflow) -> None:
    assert verify(workflow) == []
    span: Span = workflow.span
    first, *rest = workflow.nodes
    broken = replace(
        workflow,
        fields=tuple(field for field in workflow.fields if field.name != "note"),
        models=(),
        tools=(),
        entry=Goto((Arrow(NodeId("nobody"), span), Arrow(END, span), Arrow(END, span))),
        nodes=(replace(first, inputs=()), first, *rest),
    )
    found = "\n".join(verify(broken))
    for words in (
        "node `plain` occurs 2 times",
        "reads unknown `note`",
        "writes unknown `note`",
        "unknown model `default`",
        "unknown tool `calculator`",
        "unknown tool `calculator2.x`",
        "`START` goes to unknown `nobody`",
        "edge of `START` to `END` occurs 2 times",
        "reads unknown name `n`",
    ):
        assert words in found


def test_fields_are_found_by_name(workflow: Workflow) -> None:
    assert workflow.field(FieldName("draft")).name == "draft"
    with pytest.raises(KeyError):
        workflow.node(NodeId("nobody"))
