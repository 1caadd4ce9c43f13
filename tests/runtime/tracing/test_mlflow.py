"""A real MLflow server and a real MLflow store show what was traced."""

import asyncio
import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from runtime_stubs.run import Run, activate, span
from runtime_stubs.tracing.delivery import Delivery
from runtime_stubs.tracing.mlflow import MlflowTracing
from runtime_stubs.tracing.mlflow_server import MlflowServer
from runtime_stubs.tracing.spool import Spool
from tests.runtime.tracing.conftest import MLFLOW
from tests.runtime.tracing.made import filled_spool, line, made_trace
from tests.runtime.tracing.reader import MlflowReader
from tests.runtime.tracing.test_delivery import eventually
from tests.support.project import ROOT

pytestmark = pytest.mark.slow


def test_everything_of_a_trace_arrives(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool = Spool(tmp_path / "w.jsonl")
    trace = made_trace(session="chat-1")
    spool.append([line(trace)])
    delivery = Delivery(spool, MlflowServer(mlflow_server, "whole"))
    assert delivery.run() == 1
    found = mlflow_reader.traces(mlflow_server, "whole")[f"tr-{trace['trace']}"]
    assert found["state"] == "OK"
    assert found["cost"]["total_cost"] == 0.25
    assert found["tokens"] == {
        "input_tokens": 10,
        "output_tokens": 5,
        "total_tokens": 15,
        "cache_read_input_tokens": 4,
    }
    assert found["metadata"]["mlflow.trace.session"] == "chat-1"
    assert found["metadata"]["mlflow.trace.user"] == "u1"
    assert found["tags"]["workflow"] == "w"
    assert json.loads(found["request"]) == {"number": 0}
    assert found["ms"] == 1000
    root, node, call = sorted(found["spans"], key=lambda each: len(each["name"]))
    assert [each["type"] for each in (root, node, call)] == ["WORKFLOW", "TASK", "CHAT_MODEL"]
    assert (node["parent"], call["parent"]) == (root["id"], node["id"])
    assert node["attributes"]["agentc.place"] == "w.yaml:3"
    assert call["inputs"] == {"messages": [{"role": "user", "content": "hi"}]}


def test_sending_again_changes_nothing(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool, ids = filled_spool(tmp_path, 3)
    server = MlflowServer(mlflow_server, "again")
    assert Delivery(spool, server).run() == 3
    before = mlflow_reader.traces(mlflow_server, "again")
    for mark in spool.path.parent.glob("*.sent"):
        mark.unlink()
    assert Delivery(spool, server).run() == 3
    assert mlflow_reader.traces(mlflow_server, "again") == before
    assert sorted(before) == sorted(f"tr-{each}" for each in ids)


def test_a_model_without_a_price_is_given_none(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool = Spool(tmp_path / "w.jsonl")
    trace = made_trace()
    del trace["spans"][2]["cost"]
    spool.append([line(trace)])
    assert Delivery(spool, MlflowServer(mlflow_server, "unpriced")).run() == 1
    found = mlflow_reader.traces(mlflow_server, "unpriced")[f"tr-{trace['trace']}"]
    assert found["cost"] is None
    assert found["tokens"]["total_tokens"] == 15


def test_the_parts_of_a_continued_run_become_one_trace(
    mlflow_server: str, tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool = Spool(tmp_path / "w.jsonl")
    first, second = made_trace(0), made_trace(5)
    first["status"] = first["spans"][0]["status"] = "paused"
    del first["spans"][0]["outputs"]
    second["trace"] = first["trace"]
    second["status"] = second["spans"][0]["status"] = "error"
    second["spans"][0]["id"] = first["spans"][0]["id"]
    second["spans"][0]["start"] = first["start"]
    second["spans"][1]["parent"] = first["spans"][0]["id"]
    delivery = Delivery(spool, MlflowServer(mlflow_server, "parts"))
    id = f"tr-{first['trace']}"
    spool.append([line(first)])
    assert delivery.run() == 1
    half = mlflow_reader.traces(mlflow_server, "parts")[id]
    assert half["state"] == "IN_PROGRESS"
    assert half["cost"]["total_cost"] == 0.25
    spool.append([line(second)])
    assert delivery.run() == 1
    whole = mlflow_reader.traces(mlflow_server, "parts")[id]
    assert whole["state"] == "ERROR"
    assert whole["cost"]["total_cost"] == 0.5
    assert len(whole["spans"]) == 5
    assert [each["name"] for each in whole["spans"] if each["parent"] is None] == ["w"]
    assert whole["ms"] == 6000


def test_costs_are_exact_when_many_run_at_the_same_time(
    mlflow_server: str, mlflow_reader: MlflowReader
) -> None:
    tracing = MlflowTracing(name="w", experiment="many", tracking_uri=mlflow_server)
    costs: dict[str, list[float]] = {}

    async def call(run: Run) -> None:
        await asyncio.sleep(random.random() / 50)
        with span("openai/gpt-4o", "llm") as opened:
            cost = random.randrange(1, 1000) / 1_000_000
            opened.set_attribute("model", "openai/gpt-4o")
            opened.set_attribute("input_tokens", 10)
            opened.set_attribute("output_tokens", 5)
            opened.set_attribute("cost", cost)
            costs[run.id].append(cost)

    async def one() -> None:
        run = Run(workflow="w")
        run.tracer = tracing(run)
        costs[run.id] = []
        with activate(run), span("w", "workflow"):
            await asyncio.gather(*(call(run) for _ in range(9)))

    async def all() -> None:
        await asyncio.gather(*(one() for _ in range(100)))

    asyncio.run(all())
    eventually(lambda: len(list(tracing.spool.traces())) == 100)
    delivery = Delivery(tracing.spool, MlflowServer(mlflow_server, "many"))
    eventually(lambda: not delivery.pending, 120)
    found = mlflow_reader.traces(mlflow_server, "many")
    assert len(found) == 100
    for id, mine in costs.items():
        assert found[f"tr-{id}"]["cost"]["total_cost"] == pytest.approx(sum(mine), abs=1e-12)
        assert found[f"tr-{id}"]["tokens"]["total_tokens"] == 9 * 15


def test_a_store_without_a_server_is_filled_by_a_process_that_has_mlflow(
    tmp_path: Path, mlflow_reader: MlflowReader
) -> None:
    spool, ids = filled_spool(tmp_path, 3)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    done = subprocess.run(
        [str(MLFLOW.with_name("python")), "-m", "runtime_stubs.tracing.child"],
        input=json.dumps([str(spool.path), uri, "local", "w"]),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = mlflow_reader.traces(uri, "local")
    assert sorted(found) == sorted(f"tr-{each}" for each in ids)
    assert {each["cost"]["total_cost"] for each in found.values()} == {0.25}
