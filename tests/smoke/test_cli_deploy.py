"""`agentc deploy` before any container: files, names, keys, gates, and engines that are not there."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from pathlib import Path

import pytest
import yaml
from click.shell_completion import ShellComplete

from compiler.cli import main
from tests.smoke.agentc import GOOD, agentc, snapshot, write

KEY = {"OPENAI_API_KEY": "sk-test"}
GATES = "[{metric: cost_usd, max: 0.05}, {metric: duration_ms, max: 900}]"
GATED = GOOD.replace(
    "config: {", f"config: {{gates: {{on_fail: block_deploy, gates: {GATES}}}, ", 1
)


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    return write(tmp_path, "flow.yaml", GOOD)


def test_generate_only_writes_a_project_with_a_server(flow: Path, tmp_path: Path) -> None:
    done = agentc("deploy", "flow.yaml", *_files("compose"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    compose = yaml.safe_load((tmp_path / "out" / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["agent"]["command"][0] == "serve"
    assert (tmp_path / "out" / "article" / "_runtime" / "serve" / "api.py").exists()
    assert "docker compose --file compose.mlflow.yaml up" in done.stderr
    first = snapshot(tmp_path / "out")
    agentc("deploy", "flow.yaml", *_files("compose"), cwd=tmp_path)
    assert snapshot(tmp_path / "out") == first


def test_kubernetes_takes_the_name_image_and_inputs_it_is_given(flow: Path, tmp_path: Path) -> None:
    write(tmp_path, "inputs.json", '{"topic": "tea $HOME"}')
    done = agentc(
        *("deploy", "flow.yaml", *_files("kubernetes"), "--job", "--input-file", "inputs.json"),
        *("--name", "tea-time", "--image", "registry.example.org:5000/me/tea:1.0"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    base = tmp_path / "out" / "deploy" / "kubernetes" / "base"
    job = yaml.safe_load((base / "job.yaml").read_text("utf-8"))
    assert job["metadata"]["name"] == "tea-time"
    [container] = job["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example.org:5000/me/tea:1.0"
    settings = list(yaml.safe_load_all((base / "settings.yaml").read_text("utf-8")))
    assert json.loads(settings[1]["data"]["inputs.json"]) == {"topic": "tea $HOME"}


def test_a_generated_file_that_was_changed_by_hand_is_kept(flow: Path, tmp_path: Path) -> None:
    agentc("deploy", "flow.yaml", *_files("kubernetes"), cwd=tmp_path)
    server = tmp_path / "out" / "deploy" / "kubernetes" / "base" / "server.yaml"
    server.write_text("mine\n", "utf-8")
    done = agentc("deploy", "flow.yaml", *_files("kubernetes"), cwd=tmp_path)
    assert done.returncode == 3
    assert "AC901" in done.stderr
    assert server.read_text("utf-8") == "mine\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--generate-only",), "files are written with `-o FOLDER`"),
        (("--target", "kubernetes"), "files are written with `-o FOLDER`"),
        (("--job", "-o", "out"), "--job goes with --target kubernetes"),
        (("--name", "Not_Good"), "`Not_Good` cannot be the name of a deployment"),
        (("--port", "http"), "`http` is no port"),
        (("--port", "70000"), "`70000` is no port"),
        (
            ("--target", "kubernetes", "-o", "out", "--image", "A b"),
            "cannot be the name of an image",
        ),
        (("--env-file", "nix.env"), "cannot read `nix.env`: no such file"),
        ((), "the workflow reads `OPENAI_API_KEY`, which has no value in the environment"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    flow: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = snapshot(tmp_path)
    done = agentc("deploy", "flow.yaml", *arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no equals-sign=here sk-secret", "line 2: is no variable"),
        ("PATH=/sk-secret", "line 2: steers Docker itself"),
        ("DOCKER_HOST=tcp://sk-secret", "line 2: steers Docker itself"),
    ],
)
def test_an_env_file_is_read_with_care(flow: Path, tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path, "my.env", f"# keys\n{line}\n")
    done = agentc("deploy", "flow.yaml", "--env-file", "my.env", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "sk-secret" not in done.stderr + done.stdout


def test_no_docker_and_no_engine_are_told_apart(flow: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "bin"
    nothing.mkdir()
    done = agentc("deploy", "flow.yaml", cwd=tmp_path, env={**KEY, "PATH": str(nothing)})
    assert done.returncode == 1
    assert "the command `docker` is not there" in done.stderr
    assert "--generate-only" in done.stderr
    for command in (("flow.yaml",), ("status",), ("stop", "x"), ("logs", "x")):
        env = {**KEY, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
        done = agentc("deploy", *command, cwd=tmp_path, env=env)
        assert done.returncode == 1
        assert "error: the Docker engine does not answer" in done.stderr
        assert "help: start it" in done.stderr


def test_an_address_of_this_machine_is_told_of(flow: Path, tmp_path: Path) -> None:
    here = {"OLLAMA_API_BASE": "http://localhost:11434", "MLFLOW_TRACKING_URI": "http://[::1]:5000"}
    env = {**KEY, **here, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    for target, told in (("docker", set(here)), ("compose", {"OLLAMA_API_BASE"})):
        done = agentc("deploy", "flow.yaml", "--target", target, cwd=tmp_path, env=env)
        lines = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
        assert {line.split("`")[1] for line in lines} == told, "compose has an MLflow beside it"
        assert "host.docker.internal" in done.stderr


def test_mistakes_of_the_workflow_come_first(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD.replace("prompt:", "promt:"))
    done = agentc("deploy", "flow.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "AC201" in done.stderr


@pytest.mark.parametrize(
    ("words", "incomplete", "offered"),
    [
        (["deploy"], "st", ["status", "stop", "st"]),
        (["deploy", "stop"], "--v", ["--volumes"]),
        (["deploy", "--target"], "c", ["compose"]),
    ],
)
def test_tab_completes_what_stands_under_deploy(
    words: list[str], incomplete: str, offered: list[str]
) -> None:
    completion = ShellComplete(main.agentc, {}, "agentc", "_AGENTC_COMPLETE")
    assert [each.value for each in completion.get_completions(words, incomplete)] == offered


def trace(tmp_path: Path, *, start: int = 0, cost: float = 0.01, **changes: object) -> None:
    """Add a run of half a second and one model call to the file that runs leave their traces in."""
    began = start or time.time_ns() + 10**9
    end = began + 500 * 10**6
    tokens = {"input": 10, "output": 5, "cached": 0}
    span: dict[str, object] = {"inputs": None, "outputs": None, "attributes": {}, "place": None}
    span |= {"start": began, "end": end, "status": "ok", "error": None}
    span |= {"model": None, "tokens": None, "cost": None}
    run: dict[str, object] = {
        "trace": os.urandom(16).hex(),
        "name": "article",
        "workflow": "article",
    }
    run |= {"thread": None, "session": None, "user": None, "simulated": False, "status": "ok"}
    run |= {"start": began, "end": end, "cost": cost, "unpriced": 0, "calls": 1, "tokens": tokens}
    run |= changes
    root = {**span, "id": "a" * 16, "parent": None, "name": "article", "kind": "workflow"}
    root |= {"end": run["end"], "status": run["status"]}
    call = {**span, "id": "b" * 16, "parent": "a" * 16, "name": "m", "kind": "llm", "model": "m"}
    call |= {"tokens": tokens, "cost": None if run["unpriced"] else cost}
    run["spans"] = [root, call]
    path = tmp_path / ".agentc" / "traces" / "article.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text('{"format": "agentc-trace/1"}\n', "utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run) + "\n")


def gate(tmp_path: Path, *arguments: str, flow: str = GATED) -> tuple[int, str]:
    write(tmp_path, "flow.yaml", flow)
    done = agentc("deploy", "flow.yaml", *_files("kubernetes"), *arguments, cwd=tmp_path)
    assert (tmp_path / "out").exists() == (done.returncode == 0)
    return done.returncode, done.stderr


def test_gates_that_are_kept_let_a_deploy_through(tmp_path: Path) -> None:
    trace(tmp_path)
    trace(tmp_path, cost=0.03)
    code, said = gate(tmp_path)
    assert code == 0
    assert "2 runs since the workflow was changed" in said
    assert ["cost_usd", "max", "0.05", "0.02", "ok"] in [line.split() for line in said.splitlines()]


@pytest.mark.parametrize("on_fail", ["block_deploy", "fail"])
def test_gates_that_are_missed_block_with_the_figures(tmp_path: Path, on_fail: str) -> None:
    trace(tmp_path, end=time.time_ns() + 4 * 10**9)
    code, said = gate(tmp_path, flow=GATED.replace("block_deploy", on_fail))
    assert code == 1
    [row] = [line.split() for line in said.splitlines() if "duration_ms" in line]
    assert row[:3] == ["duration_ms", "max", "900"]
    assert row[-1] == "missed"
    assert "error: quality gates keep this from being deployed" in said
    assert gate(tmp_path, "--skip-gates")[0] == 0


def test_gates_with_nothing_to_judge_by_block_too(tmp_path: Path) -> None:
    trace(tmp_path, simulated=True)
    trace(tmp_path, status="paused")
    trace(tmp_path, start=10**9)
    code, said = gate(tmp_path)
    assert code == 1
    assert "nothing to judge the quality gates by: no real run" in said
    assert "1 older ones do not count" in said


def test_a_cost_that_is_not_known_keeps_no_gate(tmp_path: Path) -> None:
    trace(tmp_path, unpriced=1, cost=0.0)
    code, said = gate(tmp_path)
    assert code == 1
    assert "the price of a model is not known" in said


def test_gates_that_only_warn_do_not_block(tmp_path: Path) -> None:
    code, said = gate(tmp_path, flow=GATED.replace("block_deploy", "warn"))
    assert code == 0
    assert "warning: quality gates are not kept" in said


def test_gates_hold_for_a_run_that_really_was_made(tmp_path: Path) -> None:
    """The file that `agentc run` leaves is the one that is read: a simulated run is found and does not count."""
    write(tmp_path, "flow.yaml", GATED)
    done = agentc(
        "run",
        "flow.yaml",
        "-i",
        "topic=tea",
        "--simulate",
        cwd=tmp_path,
        env={"OTEL_SDK_DISABLED": ""},
    )
    assert done.returncode == 0, done.stderr
    path = tmp_path / ".agentc" / "traces" / "article.jsonl"
    path.write_text(re.sub('("simulated": ?)true', r"\1false", path.read_text("utf-8")), "utf-8")
    done = agentc("deploy", "flow.yaml", *_files("kubernetes"), cwd=tmp_path)
    assert "gates: 1 run since" in done.stderr


def test_made_keys_are_for_their_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compiler.deploy.variables import forget_keys, made_keys

    monkeypatch.setenv("AGENTC_DATA", str(tmp_path))
    first, path, is_new = made_keys("tea", ["A_KEY", "B_KEY"])
    assert is_new
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(first.values())) == 2
    assert made_keys("tea", ["A_KEY"])[0] == first
    forget_keys("tea")
    assert not path.exists()


def _files(target: str) -> tuple[str, ...]:
    return "--target", target, "--generate-only", "-o", "out"
