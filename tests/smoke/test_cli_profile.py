"""`agentc profile` and `agentc run --profile`, on runs whose model calls take the time that is asked for."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.smoke.agentc import agentc, write
from tests.support.fake_llm import FakeLLM, Step

TRACED = {"OTEL_SDK_DISABLED": ""}
"""Other tests switch tracing off."""

FLOW = """\
flow: {name: sides}
config: {llm: {provider: openai, model: gpt-4.1-nano}}
state:
  topic: {type: str, required: true}
  plan: str
  facts: str
  doubts: str
  article: str
nodes:
  - {id: plan, prompt: "[plan] {topic}", outputs: [plan]}
  - {id: facts, prompt: "[facts] {plan}", outputs: [facts]}
  - {id: doubts, prompt: "[doubts] {plan}", outputs: [doubts]}
  - {id: write, prompt: "[write] {facts} {doubts}", outputs: [article]}
edges:
  - START -> plan -> [facts, doubts] -> write -> END
"""


@pytest.fixture
def traced(tmp_path: Path, fake_llm: FakeLLM) -> Path:
    """A folder with a workflow and two runs of it, each 0.3 s in `facts` and 1.5 s in `doubts`."""
    write(tmp_path, "flow.yaml", FLOW)
    fake_llm.always(Step(delay=0.3, text="some"), match="[facts]")
    fake_llm.always(Step(delay=1.5, text="some"), match="[doubts]")
    for number in range(2):
        done = agentc(
            "run",
            "flow.yaml",
            "-i",
            f"topic=tea {number}",
            "--profile",
            cwd=tmp_path,
            env={**fake_llm.env(), **TRACED},
        )
        assert done.returncode == 0, done.stderr
        assert "critical path  plan -> doubts -> write (1 of 1)" in done.stderr
        assert "tea" in done.stdout
        assert "critical path" not in done.stdout, "stdout is for the result"
    return tmp_path


def test_past_runs_are_read_from_the_folder_they_ran_in(traced: Path) -> None:
    text = agentc("profile", "flow.yaml", cwd=traced)
    assert text.returncode == 0, text.stderr
    assert "plan -> doubts -> write (2 of 2)" in text.stdout
    done = agentc("profile", "flow.yaml", "--format", "json", cwd=traced)
    found = json.loads(done.stdout)
    nodes = {node["name"]: node for node in found["nodes"]}
    assert found["runs"] == 2
    assert nodes["doubts"]["calls"] == 2
    assert 1.5 <= nodes["doubts"]["seconds"]["p50"] < nodes["doubts"]["seconds"]["p95"] + 0.001
    assert nodes["facts"]["critical_share"] == 0
    assert found["calls_per_run"] == 4
    assert found["cost_per_run"] > 0
    picture = agentc("profile", "flow.yaml", "--format", "svg", cwd=traced)
    assert ET.fromstring(picture.stdout).tag.endswith("svg")
    page = agentc("profile", "flow.yaml", "--format", "html", "-o", "out.html", cwd=traced)
    assert page.returncode == 0
    assert "What would help" in (traced / "out.html").read_text("utf-8")


def test_what_cannot_be_profiled_is_told(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", FLOW)
    nothing = agentc("profile", "flow.yaml", cwd=tmp_path)
    assert nothing.returncode == 1
    assert "no traces in `.agentc/traces/sides.jsonl`" in nothing.stderr
    assert "help: run the workflow first" in nothing.stderr
    agentc("run", "flow.yaml", "-i", "topic=tea", "--simulate", cwd=tmp_path, env=TRACED)
    simulated = agentc("profile", "flow.yaml", cwd=tmp_path)
    assert "all 1 runs of `sides` there were simulated" in simulated.stderr
    assert agentc("profile", "flow.yaml", "--simulated", cwd=tmp_path).returncode == 0
    other = agentc("profile", "flow.yaml", "--trace", "tr-zz", cwd=tmp_path)
    assert "no trace begins with `tr-zz`" in other.stderr
    away = agentc("profile", "flow.yaml", "--from", "http://127.0.0.1:9", cwd=tmp_path)
    assert (away.returncode, away.stdout) == (1, "")
    assert "no answer from MLflow" in away.stderr
