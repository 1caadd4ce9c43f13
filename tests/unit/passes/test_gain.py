"""What the optimizer says of its work: sentences, the record for programs, waves and the longest way."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler import api
from compiler.cli.drawing import render_dot, render_svg
from compiler.driver import Analysis
from compiler.ir.names import NodeId
from compiler.ir.schedule import schedule
from compiler.passes.gain import estimate_gain
from compiler.passes.optimize import optimize

FLOW = """
flow: {name: sample}
config: {llm: {provider: openai, model: gpt-4o-mini, temperature: 0}}
state:
  topic: {type: str, required: true}
  facts: str
  style: str
  again: str
  text: str
nodes:
  - {id: look_up, prompt: "Facts on {topic}", outputs: [facts]}
  - {id: choose, prompt: "A style for {topic}", outputs: [style]}
  - {id: choose_again, prompt: "A style for {topic}", outputs: [again]}
  - {id: write, prompt: "Write {facts} {style} {again}", outputs: [text]}
edges:
  - START -> look_up -> choose -> choose_again -> write -> END
"""
CHILD = """
flow: {name: inner}
config: {llm: {provider: openai, model: gpt-4o-mini}}
state:
  topic: {type: str, required: true}
  one: str
  two: str
  text: str
nodes:
  - {id: first, prompt: "First {topic}", outputs: [one]}
  - {id: second, prompt: "Second {topic}", outputs: [two]}
  - {id: both, prompt: "Both {one} {two}", outputs: [text]}
edges: [START -> first -> second -> both -> END]
"""
PARENT = """
flow: {name: outer}
state: {topic: {type: str, required: true}, text: str}
nodes:
  - {id: call, workflow: inner.yaml, inputs: {topic: topic}, outputs: [text]}
edges: [START -> call -> END]
"""


def analyzed(text: str, folder: Path = Path()) -> Analysis:
    analysis = api.check_bytes("flow.yaml", text.encode(), folder)
    assert not analysis.has_errors, analysis.diagnostics
    return analysis


def test_the_longest_way_and_the_calls_are_compared() -> None:
    workflow = analyzed(FLOW).workflow
    assert workflow is not None
    gain = estimate_gain(workflow, optimize(workflow)[0])
    assert (gain.seconds_before, gain.seconds_after) == (8.0, 4.0)
    assert (gain.calls_before, gain.calls_after) == (4, 3)
    assert gain.text == (
        "in all about 4 s instead of 8 s on the longest way, 3 instead of 4 model calls (estimated)"
    )


def test_programs_are_told_the_same() -> None:
    record = api.build(analyzed(FLOW)).optimizer
    assert record["format_version"] == 1
    rewrites = record["rewrites"]
    assert isinstance(rewrites, list)
    assert [each["pass"] for each in rewrites] == ["share_identical_calls", "parallelize_sequences"]
    assert rewrites[0]["nodes"] == ["choose", "choose_again"]
    assert record["estimate"] == {
        "seconds_before": 8.0,
        "seconds_after": 4.0,
        "model_calls_before": 4,
        "model_calls_after": 3,
    }
    untouched = api.build(analyzed(FLOW), level=0)
    assert untouched.done == ()
    assert untouched.optimizer["rewrites"] == []


def test_a_sub_workflow_is_optimized_as_well(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(CHILD)
    built = api.build(analyzed(PARENT, tmp_path))
    assert built.done == (
        "`first` and `second` run at the same time: neither needs what the other writes (in `inner.yaml`)",
        "in all about 4 s instead of 6 s on the longest way (estimated)",
    )


def test_waves_and_the_longest_way_are_told_and_drawn() -> None:
    analysis = analyzed(FLOW)
    text = api.plan_text(analysis)
    assert text is not None
    assert text.endswith(
        "\n\nwave 1: look_up, choose\nwave 2: choose_again\nwave 3: write\n"
        "longest way, about 4.0 s: look_up -> write\n".replace("\\\n", "\n")
    )
    picture = api.picture(analysis, waves=True)
    assert picture is not None
    assert {box.id: box.wave for box in picture.boxes if box.wave} == {
        "look_up": 1,
        "choose": 1,
        "choose_again": 2,
        "write": 3,
    }
    assert [box.id for box in picture.boxes if box.is_critical] == ["look_up", "write"]
    marked = [(line.source, line.target) for line in picture.lines if line.is_critical]
    assert marked == [("START", "look_up"), ("look_up", "write"), ("write", "END")]
    assert 'class="node llm critical" data-node="look_up"' in render_svg(picture)
    assert 'class="node llm" data-node="choose"' in render_svg(picture)
    assert '{rank=same; "look_up"; "choose";}' in render_dot(picture)
    assert '"look_up" -> "write" [color="#b91c1c", penwidth=3];' in render_dot(picture)
    drawn = api.mermaid_text(analysis, waves=True)
    assert drawn is not None
    assert 'subgraph wave_1["wave 1"]' in drawn
    assert "class n_look_up,n_write critical" in drawn


@pytest.mark.parametrize(("bound", "rounds"), [(1, 1), (2, 2), (7, 2)])
def test_a_loop_counts_for_two_rounds_at_most(bound: int, rounds: int) -> None:
    text = FLOW.replace("write -> END", "write") + (
        f"  - {{from: write, loop: {{to: look_up, until: 'text == facts', max_iterations: {bound}}}}}\n"
    )
    workflow = analyzed(text).workflow
    assert workflow is not None
    times = schedule(workflow)
    assert times.calls == 4 * rounds
    assert times.seconds == 8.0 * rounds
    assert times.waves[NodeId("write")] == 4
