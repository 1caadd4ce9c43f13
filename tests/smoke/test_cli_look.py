"""The commands that show something: graph, explain, inspect, schema, doctor, new, fmt, completion."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.smoke.agentc import GOOD, TYPO, agentc, environment, snapshot, write
from tests.support.project import ROOT

LOOP = """\
flow: {name: 'a <b> & "c"'}
config: {llm: {provider: openai, model: gpt-4.1-mini}}
state:
  topic: {type: str, required: true}
  draft: {type: str, default: ""}
  score: {type: float, default: 0.0}
nodes:
  - {id: write, prompt: "{topic} {draft}", outputs: [draft]}
  - {id: review, prompt: "{draft}", outputs: [score]}
edges:
  - START -> write -> review
  - from: review
    routes:
      - {condition: 'score > 0.8 or draft == "<&>"', to: END}
      - {condition: default, to: write, max_iterations: 3, on_exhausted: END}
"""
SVG = "{http://www.w3.org/2000/svg}"


def test_svg_is_xml_with_every_node_and_edge(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", LOOP)
    done = agentc("graph", "flow.yaml", "--format", "svg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    root = ElementTree.fromstring(done.stdout)
    nodes = [each.get("data-node") for each in root.iter(f"{SVG}g") if each.get("data-node")]
    assert nodes == ["START", "write", "review", "END"]
    edges = [each for each in root.iter(f"{SVG}path") if "edge" in (each.get("class") or "")]
    assert len(edges) == 4
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert any(text and '"<&>"' in text for text in texts)
    assert root.findtext(f"{SVG}title") == 'a <b> & "c"'
    assert all(each.tag != f"{SVG}script" for each in root.iter())


def test_dot_mermaid_and_json_say_the_same(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", LOOP)
    dot = agentc("graph", "flow.yaml", "--format", "dot", cwd=tmp_path).stdout
    assert dot.startswith('digraph "a <b> & \\"c\\"" {')
    assert dot.count(" -> ") == 4
    assert '\\"<&>\\"' in dot
    mermaid = agentc("graph", "flow.yaml", cwd=tmp_path).stdout
    assert mermaid.startswith("flowchart TD\n")
    data = json.loads(agentc("graph", "flow.yaml", "--format", "json", cwd=tmp_path).stdout)
    back = [edge for edge in data["edges"] if edge["is_back"]]
    assert [(edge["source"], edge["target"], edge["bound"]) for edge in back] == [
        ("review", "write", 3)
    ]
    assert [node["kind"] for node in data["nodes"]] == ["start", "llm", "llm", "end"]


def test_a_workflow_with_mistakes_is_drawn_as_far_as_it_goes(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", LOOP.replace("to: END}", "to: ENDE}", 1))
    done = agentc("graph", "flow.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[AC301]" in done.stderr
    assert "review" in done.stdout
    done = agentc("graph", "-", cwd=tmp_path, stdin="[")
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("code", ["AC531", "ac531", "531", "route-gap"])
def test_explain_finds_a_code_however_it_is_written(tmp_path: Path, code: str) -> None:
    done = agentc("explain", code, cwd=tmp_path)
    assert done.returncode == 0
    assert "AC531 route-gap (error)" in done.stdout.splitlines()[0]


def test_explain_offers_the_near_code_and_lists_all(tmp_path: Path) -> None:
    done = agentc("explain", "rute-gap", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean `route-gap`?" in done.stderr
    listed = agentc("explain", "--list", cwd=tmp_path).stdout.splitlines()
    assert len(listed) > 80
    assert listed[0].startswith("AC101")


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        ("tree", "name: @1:8-1:12"),
        ("spec", '"id": "write"'),
        ("ir", "node write: llm"),
        ("plan", "render article/nodes.py from package/nodes.py.j2"),
    ],
)
def test_inspect_shows_each_stage(tmp_path: Path, stage: str, text: str) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    done = agentc("inspect", "flow.yaml", "--stage", stage, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert text in done.stdout


def test_inspect_shows_what_there_is_of_a_broken_file(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO)
    done = agentc("inspect", "flow.yaml", "--stage", "spec", cwd=tmp_path)
    assert done.returncode == 1
    assert '"name": "article"' in done.stdout
    done = agentc("inspect", "flow.yaml", "--stage", "plan", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert agentc("inspect", "flow.yaml", "--after", "check_race", cwd=tmp_path).returncode == 2
    write(tmp_path, "flow.yaml", GOOD)
    done = agentc("inspect", "flow.yaml", "--after", "check_races", cwd=tmp_path)
    assert "node write" in done.stdout


def test_schema_is_the_committed_one(tmp_path: Path) -> None:
    done = agentc("schema", cwd=tmp_path)
    assert done.stdout == (ROOT / "schemas/workflow.v1.schema.json").read_text(encoding="utf-8")


def test_doctor_tells_that_keys_are_there_and_never_their_values(tmp_path: Path) -> None:
    env = {
        "OPENAI_API_KEY": "sk-very-secret",
        "OLLAMA_HOST": "http://user:hunter2@localhost:9",
        "MLFLOW_TRACKING_URI": "https://me:hunter2@mlflow.example/x?token=hunter2",
        "DBOS_SYSTEM_DATABASE_URL": "postgresql://me:hunter2@localhost:9/queue",
        "TEMPORAL_ADDRESS": "localhost:9",
    }
    for options in ([], ["--json"], ["--online", "--json"]):
        done = agentc("doctor", *options, cwd=tmp_path, env=env)
        assert done.returncode == 0
        shown = done.stdout + done.stderr
        assert "sk-very" not in shown
        assert "hunter2" not in shown
    findings = {
        each["name"]: each
        for each in json.loads(agentc("doctor", "--json", cwd=tmp_path, env=env).stdout)["findings"]
    }
    assert findings["OPENAI_API_KEY"]["status"] == "ok"
    assert findings["ANTHROPIC_API_KEY"]["status"] == "missing"
    for service in ("ollama", "dbos", "temporal"):
        assert findings[service]["status"] == "unknown"


def test_doctor_connects_to_nothing_unless_asked(tmp_path: Path) -> None:
    code = (
        "import socket, subprocess\n"
        "def no(*_, **__): raise SystemExit('connected')\n"
        "socket.socket.connect = no\nsocket.create_connection = no\nsubprocess.run = no\n"
        "from compiler.cli.main import main\nmain(['doctor'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_new_makes_a_workflow_that_checks_and_runs(tmp_path: Path) -> None:
    done = agentc("new", "my-desk", "--template", "support_desk", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "my-desk/workflow.yaml").read_text()
    assert "  name: my-desk\n" in text
    assert "examples/" not in text
    assert agentc("check", "my-desk", cwd=tmp_path).returncode == 0
    before = snapshot(tmp_path / "my-desk")
    again = agentc("new", "my-desk", cwd=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert snapshot(tmp_path / "my-desk") == before
    line = next(each for each in done.stderr.splitlines() if each.startswith("try it:"))
    ran = agentc(*line.split()[3:], "--json", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    json.loads(ran.stdout)


def test_new_lists_every_example_and_offers_the_near_one(tmp_path: Path) -> None:
    listed = agentc("new", "--list", cwd=tmp_path).stdout
    folders = {path.parent.name for path in (ROOT / "examples").glob("*/workflow.yaml")}
    assert {line.split()[0] for line in listed.splitlines()} == folders
    done = agentc("new", "x", "--template", "suport_desk", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean `support_desk`?" in done.stderr
    assert not (tmp_path / "x").exists()


def test_fmt_writes_checks_and_refuses(tmp_path: Path) -> None:
    messy = GOOD.replace("  - id: write\n    prompt", "- id: write\n  # why\n  prompt").replace(
        "    outputs", "  outputs"
    )
    path = write(tmp_path, "flow.yaml", messy)
    assert agentc("fmt", "--check", "flow.yaml", cwd=tmp_path).returncode == 1
    diff = agentc("fmt", "--diff", "flow.yaml", cwd=tmp_path)
    assert "+    # why" in diff.stdout
    assert path.read_text() == messy
    assert agentc("fmt", ".", cwd=tmp_path).returncode == 0
    assert path.read_text() == GOOD.replace("    prompt", "    # why\n    prompt")
    assert agentc("fmt", "--check", "flow.yaml", cwd=tmp_path).returncode == 0
    assert agentc("fmt", "-", cwd=tmp_path, stdin=messy).stdout == path.read_text()
    broken = write(tmp_path, "broken.yaml", "flow: [\n")
    done = agentc("fmt", "broken.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[AC101]" in done.stderr
    assert broken.read_text() == "flow: [\n"


def test_tab_completion_works_in_bash(tmp_path: Path) -> None:
    agentc_script = write(
        tmp_path, "bin/agentc", f'#!/bin/sh\nexec {sys.executable} -m compiler.cli.main "$@"\n'
    )
    agentc_script.chmod(0o755)
    script = (
        'eval "$(agentc completion bash)"\n'
        "complete -p agentc\n"
        'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=();\n'
        '  _agentc_completion agentc; echo "${COMPREPLY[*]}"; }\n'
        "ask agentc ch\n"
        "ask agentc build --wat\n"
        "ask agentc graph x.yaml --format s\n"
        "ask agentc explain AC53\n"
    )
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-c", script],
        env=environment({"PATH": path}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert "_agentc_completion" in lines[0], done.stderr
    assert lines[1:] == ["check", "--watch", "svg", "AC531"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_their_script(tmp_path: Path, shell: str) -> None:
    done = agentc("completion", shell, cwd=tmp_path)
    assert done.returncode == 0
    assert f"{shell}_complete" in done.stdout
