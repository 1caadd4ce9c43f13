"""Runs in the experiments of a real MLflow, as MLflow's own client gives them."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime_stubs.tracing.delivery import Delivery
from runtime_stubs.tracing.mlflow_server import MlflowServer
from runtime_stubs.tracing.record import TraceRecord
from runtime_stubs.tracing.spool import Spool
from tests.runtime.tracing.conftest import MLFLOW
from tests.runtime.tracing.made import SECOND, line, made_trace
from tests.runtime.tracing.reader import MlflowReader
from tests.runtime.tracing.test_delivery import eventually
from tests.support.fake_llm import FakeLLM, Step
from tests.support.project import Project, build_project, clean_environment

pytestmark = pytest.mark.slow

WORKFLOWS = Path(__file__).parent / "workflows"


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build_project(WORKFLOWS / "filed.yaml", tmp_path_factory.mktemp("filed"))


def _delivered(project: Project, folder: Path, env: dict[str, str]) -> None:
    def is_done() -> bool:
        return "all delivered" in project.run("traces", "list", cwd=folder, env=env).stderr

    eventually(is_done, 120)


def test_a_run_is_filed_with_all_there_is_of_it(
    filed: Project,
    mlflow_server: str,
    tmp_path: Path,
    fake_llm: FakeLLM,
    mlflow_reader: MlflowReader,
) -> None:
    fake_llm.always(Step(text="hush", usage=(100, 10, 0)), match="HIDE")
    fake_llm.script(Step(status=500), match="NOTE b")
    fake_llm.always(Step(text="words", usage=(1000, 100, 400)), match="NOTE")
    fake_llm.always(Step(value={"score": 3}, usage=(200, 20, 0)), match="RATE")
    fake_llm.always(Step(text="whole", usage=(300, 30, 0)), match="WRITE")
    env = {**fake_llm.env(), "TEST_MLFLOW": mlflow_server}
    done = filed.run("run", "-i", "who=Ann", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    trace = done.stderr.split("trace ")[1].split()[0]
    _delivered(filed, tmp_path, env)

    (run,) = mlflow_reader.runs(mlflow_server, "filing")
    assert (run["name"], run["status"]) == ("filed", "FINISHED")
    assert list(run["traces"]) == [trace]
    metrics = run["metrics"]
    cost = 3600 * 0.000003 + 360 * 0.000011
    assert metrics["cost_usd"] == pytest.approx(cost, abs=1e-12)
    assert run["traces"][trace]["total_cost"] == pytest.approx(cost, abs=1e-12)
    assert (metrics["input_tokens"], metrics["output_tokens"]) == (3600, 360)
    assert metrics["cached_tokens"] == 1200
    assert (metrics["model_calls"], metrics["retries"], metrics["unpriced_calls"]) == (6, 1, 0)
    assert metrics["duration_seconds"] == pytest.approx((run["end"] - run["start"]) / 1000, abs=0.1)
    assert {name for name in metrics if name.startswith("node_seconds/")} == {
        f"node_seconds/{node}" for node in ("hide", "note", "rate", "write")
    }
    assert run["params"]["input/who"] == "Ann"
    assert run["params"]["model/note"] == "openai/gpt-4o"
    assert run["tags"]["agentc.trace"] == trace
    assert run["tags"]["agentc.workflow"] == "filed_flow"

    files = run["files"]
    assert sorted(files) == ["calls.json", "nodes.json", "state.json", "workflow.yaml"]
    assert json.loads(files["state.json"])["text"] == "whole"
    stored = {each["node"]: each for each in json.loads(files["nodes.json"])}
    # `hide` keeps what it was asked to itself, `note` says that its results are no file
    assert sorted(stored) == ["rate", "write"]
    assert stored["rate"]["outputs"] == {"score": 3}
    assert stored["rate"]["place"].startswith("filed.yaml:")
    prompts = [each["messages"][-1]["content"] for each in json.loads(files["calls.json"])]
    assert sorted(prompts)[:3] == ["NOTE a Ann", "NOTE b Ann", "NOTE c Ann"]
    assert not [each for each in prompts if "HIDE" in each]
    assert files["workflow.yaml"] == (WORKFLOWS / "filed.yaml").read_text("utf-8")

    (writing,) = mlflow_reader.runs(mlflow_server, "apart")
    assert (writing["name"], writing["status"]) == ("writing", "FINISHED")
    assert writing["metrics"]["input_tokens"] == 300
    assert json.loads(writing["files"]["outputs.json"]) == {"text": "whole"}
    assert writing["params"] == {"model/write": "openai/gpt-4o"}


def test_a_run_that_waits_for_its_delivery_keeps_only_what_it_may(
    mlflow_server: str, tmp_path: Path, fake_llm: FakeLLM, mlflow_reader: MlflowReader
) -> None:
    # The first traces a server takes make it import for seconds: not what is waited for here.
    warm = _spooled(tmp_path / "warm", made_trace())
    assert Delivery(warm, MlflowServer(mlflow_server, "warm")).run() == 1
    small = build_project(WORKFLOWS / "small.yaml", tmp_path / "small")
    fake_llm.always(Step(text="a word"), match="HUSH")
    fake_llm.always(Step(text="Sent to ann@example.org"), match="WRITE")
    env = {**fake_llm.env(), "TEST_MLFLOW": mlflow_server}
    done = small.run("run", "-i", "mail=ann@example.org", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr

    (run,) = mlflow_reader.runs(mlflow_server, "small")  # at once: it was waited for
    assert run["params"]["input/mail"] == "[email]"
    assert sorted(run["files"]) == ["nodes.json", "state.json"]
    assert json.loads(run["files"]["state.json"])["text"] == "Sent to [email]"
    # only the node that asks for it; the one of the same name in the other workflow does not
    (result,) = json.loads(run["files"]["nodes.json"])
    assert result["place"].startswith("small.yaml:")
    assert "ann@example.org" not in json.dumps(run)

    (trace,) = mlflow_reader.traces(mlflow_server, "small").values()
    kept = {span["attributes"]["agentc.place"]: span for span in trace["spans"][1:]}
    hushed = [place for place, span in kept.items() if span["inputs"] is None]
    assert [place.partition(":")[0] for place in hushed] == ["hush.yaml"]
    assert "HUSH" not in json.dumps(trace)


# Sixteen runs at the same time; what each of them counted is checked by somebody else.
CROWD = """
import asyncio, sys
from filed_flow.app import ainvoke
async def main():
    names = sys.argv[1:]
    await asyncio.gather(*(ainvoke({"who": name}) for name in names))
asyncio.run(main())
"""


def test_costs_are_what_the_providers_billed_when_many_run_at_the_same_time(
    filed: Project,
    mlflow_server: str,
    tmp_path: Path,
    fake_llm: FakeLLM,
    mlflow_reader: MlflowReader,
) -> None:
    names = [f"who{number:02}" for number in range(16)]
    rolls = random.Random(7)
    bills: dict[str, float] = {}
    calls = 0

    def usage(name: str, of_spare: bool) -> tuple[int, int, int]:
        nonlocal calls
        given, made = rolls.randrange(1, 5000), rolls.randrange(1, 500)
        rates = (0.000007, 0.000013) if of_spare else (0.000003, 0.000011)
        bills[name] = bills.get(name, 0.0) + given * rates[0] + made * rates[1]
        calls += 1
        return given, made, 0

    for name in names:
        for prompt in (f"HIDE {name}", *(f"NOTE {each} {name}" for each in "abc"), f"WRITE {name}"):
            fails = rolls.choice((0, 0, 1, 2))  # the second failure leads to the fallback
            steps = [Step(status=rolls.choice((429, 500)))] * fails
            answer = Step(text="x", usage=usage(name, fails == 2), delay=rolls.random() / 20)
            fake_llm.script(*steps, answer, match=prompt)
        bad = Step(text="no number", usage=usage(name, False))  # billed, and asked again
        good = Step(value={"score": 1}, usage=usage(name, False))
        fake_llm.script(bad, good, match=f"RATE {name}")
    env = {**fake_llm.env(), "TEST_MLFLOW": mlflow_server, "PYTHONPATH": str(filed.folder)}
    done = subprocess.run(
        [sys.executable, "-c", CROWD.replace("\n", os.linesep), *names],
        cwd=tmp_path,
        env=clean_environment(env),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert fake_llm.peak > 4
    _delivered(filed, tmp_path, env)

    found = {
        run["params"]["input/who"]: run
        for run in mlflow_reader.runs(mlflow_server, "filing")
        if run["params"]["input/who"] in bills
    }
    assert sorted(found) == names
    for name, run in found.items():
        (trace,) = run["traces"].values()
        assert run["metrics"]["cost_usd"] == pytest.approx(bills[name], abs=1e-12)
        assert trace["total_cost"] == pytest.approx(bills[name], abs=1e-12)
    assert sum(run["metrics"]["model_calls"] for run in found.values()) == calls
    assert sum(run["metrics"]["retries"] for run in found.values()) > 0


def _spooled(folder: Path, *traces: TraceRecord) -> Spool:
    spool = Spool(folder / "traces" / "w.jsonl")
    spool.prepare()
    spool.append([line(trace) for trace in traces])
    return spool


def _full(number: int = 0) -> TraceRecord:
    trace = made_trace(number)
    trace["files"] = "full"
    trace["spans"][1]["stored"] = True
    return trace


def test_delivering_again_changes_no_run(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool = _spooled(tmp_path, *(_full(number) for number in range(3)))
    server = MlflowServer(mlflow_server, "again runs")
    assert Delivery(spool, server).run() == 3
    before = mlflow_reader.runs(mlflow_server, "again runs")
    for mark in spool.path.parent.glob("*.sent"):
        mark.unlink()
    assert Delivery(spool, MlflowServer(mlflow_server, "again runs")).run() == 3
    assert mlflow_reader.runs(mlflow_server, "again runs") == before
    assert len(before) == 3


def test_a_run_that_was_continued_is_one_run_with_sums(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    first, second = _full(0), _full(5)
    first["status"] = first["spans"][0]["status"] = "paused"
    second["trace"], second["continued"] = first["trace"], True
    second["spans"][0]["id"] = first["spans"][0]["id"]
    second["spans"][1]["parent"] = second["spans"][0]["id"]
    second["spans"][0]["start"] = first["start"] - SECOND // 100
    second["spans"][2]["model"] = "anthropic/other"
    spool = _spooled(tmp_path, first)
    delivery = Delivery(spool, MlflowServer(mlflow_server, "continued"))
    assert delivery.run() == 1
    (half,) = mlflow_reader.runs(mlflow_server, "continued")
    assert (half["status"], half["metrics"]["cost_usd"]) == ("RUNNING", 0.25)
    spool.append([line(second)])
    assert delivery.run() == 1
    (whole,) = mlflow_reader.runs(mlflow_server, "continued")
    assert (whole["id"], whole["status"]) == (half["id"], "FINISHED")
    assert whole["metrics"]["cost_usd"] == 0.5
    assert whole["metrics"]["model_calls"] == 2
    assert whole["metrics"]["duration_seconds"] == pytest.approx(6.0)
    assert len(json.loads(whole["files"]["nodes.json"])) == 2


def test_nothing_is_filed_where_nothing_is_to_be_kept(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    trace = made_trace()
    for span in trace["spans"]:
        span.pop("inputs", None)
        span.pop("outputs", None)
    trace["files"] = "full"
    failed = made_trace(1)
    failed["status"] = failed["spans"][0]["status"] = "error"
    failed["spans"][0]["error"] = {"kind": "ModelError", "message": "away"}
    spool = _spooled(tmp_path, trace, failed)
    assert Delivery(spool, MlflowServer(mlflow_server, "sparse")).run() == 2
    quiet, broken = mlflow_reader.runs(mlflow_server, "sparse")
    assert quiet["files"] == {}
    assert not [name for name in quiet["params"] if name.startswith("input/")]
    assert quiet["metrics"]["cost_usd"] == 0.25
    assert broken["status"] == "FAILED"
    assert broken["tags"]["error"] == "ModelError: away"
    assert broken["files"] == {}


def test_old_runs_go_with_their_traces_and_those_of_others_stay(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    old, others = _full(), _full(1)
    others["workflow"] = "somebody_elses"
    young = _full(2)
    for trace in (old, others, young):
        moved = int(time.time() - (0 if trace is young else 3 * 86400)) * SECOND - trace["start"]
        trace["start"] += moved
        trace["end"] += moved
        for span in trace["spans"]:
            span["start"] += moved
            span["end"] += moved
    spool = _spooled(tmp_path, old, others, young)
    assert Delivery(spool, MlflowServer(mlflow_server, "keep")).run() == 3
    assert len(mlflow_reader.runs(mlflow_server, "keep")) == 3
    keeping = Delivery(spool, MlflowServer(mlflow_server, "keep"), "w", 2)
    assert keeping.run() == 0
    left = mlflow_reader.runs(mlflow_server, "keep")
    assert [run["tags"]["agentc.workflow"] for run in left] == ["somebody_elses", "w"]
    assert [list(run["traces"]) for run in left] == [
        [f"tr-{others['trace']}"],
        [f"tr-{young['trace']}"],
    ]


def test_a_store_without_a_server_is_filled_with_runs_too(
    tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool = _spooled(tmp_path, _full(), _full(1))
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    order = json.dumps([str(spool.path), uri, "local", "w", None])
    root = Path(__file__).parents[3]
    for _ in range(2):  # twice: nothing is filed twice
        done = subprocess.run(
            [str(MLFLOW.with_name("python")), "-m", "runtime_stubs.tracing.child"],
            input=order,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        for mark in spool.path.parent.glob("*.sent"):
            mark.unlink()
    found = mlflow_reader.runs(uri, "local")
    assert len(found) == 2
    for run in found:
        assert run["status"] == "FINISHED"
        assert run["metrics"]["cost_usd"] == 0.25
        assert len(run["traces"]) == 1
        assert sorted(run["files"]) == ["calls.json", "nodes.json", "state.json"]
