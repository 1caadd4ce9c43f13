"""Traces of generated packages, run as their users run them."""

import json
import re
import time
from pathlib import Path

import pytest

from tests.runtime.tracing.collector import FakeCollector, attributes
from tests.runtime.tracing.test_delivery import eventually
from tests.support.fake_llm import FakeLLM, Step
from tests.support.markdown import blocks
from tests.support.project import ROOT, Project, build_project

WORKFLOWS = Path(__file__).parent / "workflows"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="module")
def flow(folder: Path) -> Project:
    return build_project(WORKFLOWS / "flow.yaml", folder / "flow")


@pytest.fixture(scope="module")
def waiting(folder: Path) -> Project:
    return build_project(WORKFLOWS / "waiting.yaml", folder / "waiting")


@pytest.fixture(scope="module")
def asking(folder: Path) -> Project:
    return build_project(WORKFLOWS / "asking.yaml", folder / "asking")


def test_a_run_prints_its_id_and_its_trace_can_be_read_offline(
    flow: Project, tmp_path: Path, fake_llm: FakeLLM
) -> None:
    fake_llm.script(*[Step(text="words", usage=(1000, 100, 400))] * 3)
    env = {**fake_llm.env(), "TEST_MLFLOW": "sqlite:///mlflow.db"}
    done = flow.run("run", "-i", "who=Ann", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    first = done.stderr.splitlines()[0]
    found = re.fullmatch(r"trace (tr-[0-9a-f]{32}) in \.agentc/traces/traced_flow\.jsonl", first)
    assert found is not None, first
    spent = re.search(r"3 model calls, \$(\d+\.\d+)", done.stderr)
    assert spent is not None

    listed = flow.run("traces", cwd=tmp_path, env=env)
    assert found[1] in listed.stdout
    shown = flow.run("traces", "show", found[1][:12], cwd=tmp_path, env=env).stdout
    lines = shown.splitlines()
    assert "3 model calls, 3000 (1200 cached) + 300 tokens, $" in lines[0]
    text = (WORKFLOWS / "flow.yaml").read_text("utf-8").splitlines()
    for node in ("research", "second", "write"):
        place = next(n for n, each in enumerate(text, 1) if f"id: {node}" in each)
        assert f"  node {node} (flow.yaml:{place})" in shown
    assert shown.count("    llm openai/gpt-4o  ") == 3

    trace = json.loads(flow.run("traces", "show", "--json", cwd=tmp_path, env=env).stdout)
    assert f"tr-{trace['trace']}" == found[1]
    assert f"{trace['cost']:.4f}" == spent[1]
    assert trace["cost"] > 0
    missing = flow.run("traces", "show", "tr-nothing", cwd=tmp_path, env=env)
    assert missing.returncode == 2
    assert "no trace begins with `nothing`" in missing.stderr


def test_a_failed_run_is_traced_too(flow: Project, tmp_path: Path, fake_llm: FakeLLM) -> None:
    fake_llm.script(*[Step(status=401)] * 6)
    env = {**fake_llm.env(), "TEST_MLFLOW": "sqlite:///mlflow.db"}
    assert flow.run("run", "-i", "who=Ann", cwd=tmp_path, env=env).returncode == 1
    trace = json.loads(flow.run("traces", "show", "--json", cwd=tmp_path, env=env).stdout)
    assert trace["status"] == "error"
    failed = [each for each in trace["spans"] if each["kind"] == "llm"]
    assert {each["error"]["kind"] for each in failed} <= {"ModelError", "RequestFailed"}


def test_a_trace_reaches_the_server_after_the_program_has_ended(
    flow: Project, tmp_path: Path, collector: FakeCollector
) -> None:
    env = {"TEST_MLFLOW": collector.address}
    done = flow.run("run", "-i", "who=Ann", "--simulate", cwd=tmp_path, env=env)
    assert done.returncode == 0
    eventually(lambda: len(collector.traces()) == 1, 60)
    assert f"tr-{collector.traces()[0]}" in done.stderr
    assert collector.experiments == {"tea": "1"}
    assert collector.spans()[0]["name"] == "traced_flow"
    simulated = [each for each in collector.spans() if "agentc.simulated" in attributes(each)]
    assert len(simulated) == 3

    def delivered() -> bool:
        listed = flow.run("traces", "list", cwd=tmp_path, env=env)
        return "(experiment tea): all delivered" in listed.stderr

    eventually(delivered, 60)


def test_what_the_server_missed_comes_with_the_next_run(
    flow: Project, tmp_path: Path, refusing_address: str, collector: FakeCollector
) -> None:
    run = ("run", "-i", "who=Ann", "--simulate")
    assert flow.run(*run, cwd=tmp_path, env={"TEST_MLFLOW": refusing_address}).returncode == 0
    # the environment goes before the workflow file
    env = {"TEST_MLFLOW": refusing_address, "MLFLOW_TRACKING_URI": collector.address}
    assert flow.run(*run, cwd=tmp_path, env=env).returncode == 0
    eventually(lambda: len(collector.traces()) == 2, 60)


def test_traces_are_delivered_on_command(
    flow: Project, tmp_path: Path, refusing_address: str, collector: FakeCollector
) -> None:
    here = {"TEST_MLFLOW": "sqlite:///mlflow.db"}
    assert flow.run("run", "-i", "who=A", "--simulate", cwd=tmp_path, env=here).returncode == 0
    nowhere = flow.run("traces", "deliver", cwd=tmp_path, env=here)
    assert nowhere.returncode == 1
    assert "`mlflow` is not installed and no server is configured" in nowhere.stderr
    away = flow.run("traces", "deliver", cwd=tmp_path, env={"TEST_MLFLOW": refusing_address})
    assert away.returncode == 1
    assert "takes no traces: Connection refused" in away.stderr
    done = flow.run("traces", "deliver", cwd=tmp_path, env={"TEST_MLFLOW": collector.address})
    assert done.returncode == 0
    assert f"1 traces delivered to {collector.address} (experiment tea)" in done.stderr
    assert len(collector.traces()) == 1


def test_a_collector_gets_what_mlflow_gets(
    flow: Project, tmp_path: Path, collector: FakeCollector
) -> None:
    env = {
        "TEST_MLFLOW": "sqlite:///mlflow.db",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.address}/v1/traces",
    }
    assert flow.run("run", "-i", "who=A", "--simulate", cwd=tmp_path, env=env).returncode == 0
    eventually(lambda: len(collector.traces()) == 1, 60)


@pytest.mark.slow
@pytest.mark.parametrize("server", ["refusing", "silent", "slow"])
def test_a_server_in_trouble_neither_slows_nor_fails_a_run(
    waiting: Project,
    tmp_path: Path,
    refusing_address: str,
    silent_address: str,
    collector: FakeCollector,
    server: str,
) -> None:
    """The time is that of the program itself, from the start of the run to its last breath."""

    def slow(path: str, body: object) -> int:
        time.sleep(55)  # longer than all runs here take together
        return 503

    collector.answer = slow
    address = {"refusing": refusing_address, "silent": silent_address, "slow": collector.address}
    clock = tmp_path / "clock"
    clock.mkdir()
    (clock / "sitecustomize.py").write_text(CLOCK, "utf-8")

    def seconds(env: dict[str, str]) -> tuple[float, str]:
        path = f"{waiting.folder}:{clock}"
        done = waiting.run("run", "-i", "who=Ann", cwd=tmp_path, env={**env, "PYTHONPATH": path})
        assert done.returncode == 0, done.stderr
        assert done.stdout == "who: Ann\ntext: hello Ann\n"
        return float(done.stderr.splitlines()[-1]), done.stderr

    untraced = min(seconds({"OTEL_SDK_DISABLED": "true"})[0] for _ in range(3))
    traced = [seconds({"TEST_MLFLOW": address[server]}) for _ in range(3)]
    assert min(each for each, _ in traced) - untraced < 0.1  # 2 % of five seconds
    for _, told in traced:
        assert told.count("traces stay in") == 1, told


# Prints the seconds from the first sleep of the workflow to the very end of the program.
CLOCK = """
import asyncio, atexit, sys, time
begun = []
sleep = asyncio.sleep
async def timed(seconds, *rest):
    if seconds == 5:
        begun.append(time.monotonic())
    return await sleep(seconds, *rest)
asyncio.sleep = timed
def tell():
    if begun:
        sys.stderr.write(f"{time.monotonic() - begun[0]:.3f}\\n")
atexit.register(tell)  # registered first, called last
"""


def test_a_run_that_waited_for_a_person_is_one_trace(
    asking: Project, tmp_path: Path, fake_llm: FakeLLM
) -> None:
    fake_llm.script(*[Step(text="words", usage=(1000, 100, 0))] * 2)
    env = fake_llm.env()
    paused = asking.run("run", "-i", "topic=x", "--thread", "T", cwd=tmp_path, env=env)
    assert paused.returncode == 4, paused.stderr
    half = json.loads(asking.run("traces", "show", "--json", cwd=tmp_path).stdout)
    assert half["status"] == "paused"
    done = asking.run("resume", "--thread", "T", "--answer", "publish", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    listed = asking.run("traces", cwd=tmp_path).stdout
    assert listed.count("tr-") == 1
    whole = json.loads(asking.run("traces", "show", "--json", cwd=tmp_path).stdout)
    assert whole["trace"] == half["trace"]
    assert whole["status"] == "ok"
    assert whole["calls"] == 2
    assert whole["cost"] == pytest.approx(2 * half["cost"])
    nodes = [(each["name"], each["status"]) for each in whole["spans"] if each["kind"] == "node"]
    assert nodes == [("write", "ok"), ("decide", "paused"), ("decide", "ok"), ("finish", "ok")]


def test_a_workflow_that_is_not_traced_carries_nothing_of_it(folder: Path, tmp_path: Path) -> None:
    quiet = build_project(WORKFLOWS / "quiet.yaml", folder / "quiet")
    files = {path.relative_to(quiet.folder).as_posix() for path in quiet.folder.rglob("*.py")}
    assert not [path for path in files if "trac" in path]
    assert "mlflow" not in (quiet.folder / "pyproject.toml").read_text("utf-8")
    done = quiet.run("run", "-i", "who=Ann", "--simulate", cwd=tmp_path)
    assert done.returncode == 0
    assert "trace" not in done.stderr
    assert not (tmp_path / ".agentc").exists()


def test_tracing_loads_nothing_heavy_and_needs_nothing_else(flow: Project) -> None:
    text = (flow.folder / "pyproject.toml").read_text("utf-8")
    assert 'mlflow = ["mlflow>=3.17,<4"]' in text
    needed = text.partition("dependencies = [")[2].partition("]")[0]
    assert "mlflow" not in needed
    assert "opentelemetry" not in needed


def test_the_workflow_of_the_guide(tmp_path: Path, fake_llm: FakeLLM) -> None:
    page = ROOT / "docs" / "guide" / "tracing.md"
    (tmp_path / "greeting.yaml").write_text(next(blocks(page, "yaml")).text, "utf-8")
    greeting = build_project(tmp_path / "greeting.yaml", tmp_path / "out")
    fake_llm.script(Step(text="Write to ann@example.org"))
    env = {**fake_llm.env(), "TRACES": "sqlite:///mlflow.db"}
    done = greeting.run("run", "-i", "who=+44 20 7946 0958", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    kept = (tmp_path / ".agentc" / "traces" / "greeting.jsonl").read_text("utf-8")
    assert "Write to [email]" in kept
    assert "Greet [phone]" in kept
    assert "ann@example.org" not in kept
    assert "7946" not in kept


def test_a_step_of_an_inner_workflow_is_placed_in_its_own_file(
    folder: Path, tmp_path: Path
) -> None:
    outer = build_project(WORKFLOWS / "outer.yaml", folder / "outer")
    done = outer.run("run", "-i", "subject=tea", "--simulate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    trace = json.loads(outer.run("traces", "show", "--json", cwd=tmp_path).stdout)
    places = [(each["name"], each["place"]) for each in trace["spans"] if each["kind"] == "node"]
    assert places == [
        ("compose", "outer.yaml:8"),
        ("write", "inner.yaml:8"),
        ("write", "outer.yaml:9"),
    ]
    inner = trace["spans"][2]
    assert inner["parent"] == trace["spans"][1]["id"]
