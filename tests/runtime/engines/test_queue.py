"""What people do with a queue, on each engine with its real server."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.engines.cluster import CALLS, Cluster, cluster, result_of
from tests.support.fake_llm import FakeLLM, Step

PLACES = ("dbos-postgres", "dbos-sqlite", "temporal-postgres")


@pytest.fixture(scope="module", params=PLACES)
def package(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fake_server: FakeLLM
) -> Iterator[Cluster]:
    engine, _, database = request.param.partition("-")
    folder = tmp_path_factory.mktemp("queue")
    env = {"AGENTC_CHECKPOINTS": str(folder / "runs.sqlite")}
    if database == "postgres":
        env = {"AGENTC_CHECKPOINTS": request.getfixturevalue("postgres_url")}
    if engine == "temporal":
        env["TEMPORAL_ADDRESS"] = request.getfixturevalue("temporal_address")
    name = f"queue_{engine}_{database}"
    with cluster(folder, fake_server, env, name=name, engine=engine, database=database) as made:
        yield made


@pytest.fixture
def crew(package: Cluster) -> Iterator[Cluster]:
    yield package
    package.stop()


@pytest.fixture
def fake(fake_server: FakeLLM) -> FakeLLM:
    fake_server.reset()
    return fake_server


@pytest.mark.slow
def test_runs_wait_until_a_worker_comes(crew: Cluster, fake: FakeLLM) -> None:
    assert crew.ok("submit", "-i", "topic=tea", "--id", "first") == "first\n"
    again = crew.call("submit", "-i", "topic=tea", "--id", "first")
    assert "knows this run already" in again.err
    crew.until(lambda: crew.queue()["waiting"] == 1)
    assert "no worker is alive" in crew.ok("queue")
    refused = crew.call("submit", "-i", "topic=tea", "--max-queue", "1")
    assert refused.code == 1
    assert "1 runs wait already, 1 may: start more workers" in refused.err
    wrong = crew.call("submit", "-i", "topicc=tea")
    assert wrong.code == 2
    assert fake.requests == []

    worker = crew.worker("--concurrency", "3", "--name", "kitchen")
    state = json.loads(crew.ok("submit", "-i", "topic=milk", "--wait", "--json"))
    assert state == result_of("milk")
    crew.until(lambda: crew.queue()["finished"] == 2)
    [alive] = crew.queue()["workers"]
    assert alive["id"].startswith("kitchen-")
    assert alive["concurrency"] == 3
    assert len(fake.requests) == 2 * CALLS
    assert json.loads(crew.ok("resume", "--thread", "first", "--json")) == result_of("tea")
    assert crew.kill(worker, signal.SIGTERM).code == 0
    assert crew.queue()["workers"] == []


@pytest.mark.slow
def test_a_failed_run_is_told_and_continued_when_submitted_again(
    crew: Cluster, fake: FakeLLM
) -> None:
    fake.script(Step(status=401), match="Write")
    worker = crew.worker()
    failed = crew.call("submit", "-i", "topic=tea", "--id", "bad", "--wait", "--json")
    assert failed.code == 1, failed
    report = json.loads(failed.out)
    assert (report["kind"], report["node"], report["status"]) == ("ModelError", "write", "failed")
    crew.until(lambda: crew.queue()["failed"] == 1)
    state = json.loads(crew.ok("submit", "-i", "topic=tea", "--id", "bad", "--wait", "--json"))
    assert state == result_of("tea")
    # All that was answered before is known: only the step that failed asks again.
    assert len(fake.requests) == CALLS + 1
    told = crew.kill(worker, signal.SIGTERM).err
    assert "the run `bad` has failed: " in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_a_cancelled_run_stops_before_its_next_call(crew: Cluster, fake: FakeLLM) -> None:
    fake.always(Step(delay=20.0), match="Facts")
    worker = crew.worker()
    crew.ok("submit", "-i", "topic=tea", "--id", "unwanted")
    crew.until(lambda: len(fake.requests) == 2)
    crew.ok("cancel", "unwanted")
    crew.until(lambda: crew.queue()["cancelled"] == 1)
    # The worker would wait for a run that goes on, and that one would ask again.
    assert crew.kill(worker, signal.SIGTERM).code == 0
    assert len(fake.requests) == 2
    unknown = crew.call("cancel", "nobody")
    assert (unknown.code, unknown.err) == (1, "error: the queue knows no run `nobody`\n")


@pytest.mark.slow
def test_a_worker_that_is_stopped_hands_its_runs_on(crew: Cluster, fake: FakeLLM) -> None:
    fake.always(Step(delay=3.0), match="Write")
    first = crew.worker("--grace", "0.5")
    crew.ok("submit", "-i", "topic=coffee", "--id", "handed")
    crew.until(lambda: len(fake.requests) == CALLS)
    twice = crew.call("resume", "--thread", "handed")
    assert (twice.code, "a worker goes on with the run `handed`" in twice.err) == (2, True)
    os.kill(first, signal.SIGTERM)
    second = crew.worker()
    assert crew.wait(first).code == 0
    state = json.loads(
        crew.ok("submit", "-i", "topic=coffee", "--id", "handed", "--wait", "--json")
    )
    assert state == result_of("coffee")
    # The call that was cut off is made again, no other one is.
    assert len(fake.requests) == CALLS + 1
    # Handed on at once, not found by its missing signs of life.
    assert "dead workers" not in crew.kill(second, signal.SIGTERM).err


@pytest.mark.slow
def test_a_batch_goes_through_the_queue_and_old_runs_are_deleted(
    crew: Cluster, fake: FakeLLM
) -> None:
    engine = crew.queue()["engine"]
    workers = [crew.worker("--concurrency", "4") for _ in range(2)]
    topics = [f"row {number}" for number in range(12)]
    rows, results = crew.folder / "rows.jsonl", crew.folder / "results.jsonl"
    rows.write_text("".join(json.dumps({"topic": topic, "id": topic}) + "\n" for topic in topics))
    crew.ok("batch", "--inputs", str(rows), "--output", str(results), "--engine", engine)
    records = [json.loads(line) for line in results.read_text().splitlines()]
    assert [record["id"] for record in records] == topics
    assert [record["state"] for record in records] == [result_of(topic) for topic in topics]
    assert len(fake.requests) == 12 * CALLS
    crew.until(lambda: crew.queue()["running"] == 0)
    deleted = 0

    def prune() -> bool:  # what Temporal shows of ended runs comes late
        nonlocal deleted
        deleted += int(crew.ok("prune", "--days", "0").split()[0])
        return deleted >= len(topics)

    crew.until(prune)
    for worker in workers:
        crew.kill(worker, signal.SIGTERM)


@pytest.mark.slow
def test_a_batch_says_what_its_runs_have_taken(crew: Cluster, fake: FakeLLM) -> None:
    engine = crew.queue()["engine"]
    fake.script(Step(status=401), match="Write")
    worker = crew.worker()
    rows, results = crew.folder / "two.jsonl", crew.folder / "taken.jsonl"
    rows.write_text('{"topic": "tea"}\n{"topic": "milk"}\n')
    files = ("--inputs", str(rows), "--output", str(results))
    first = crew.call("batch", *files, "--engine", engine, "--json")
    numbers = json.loads(first.out)
    assert (first.code, numbers["finished"], numbers["failed"]) == (1, 1, 1), first
    assert numbers["model_calls"] == 2 * CALLS - 1
    assert (numbers["cost_usd"] > 0, numbers["unpriced_calls"]) == (True, 0)
    again = crew.ok("batch", *files, "--engine", engine, "--json", "--retry-failed")
    # All calls of the run that was continued, not only those since.
    assert json.loads(again)["model_calls"] == CALLS
    crew.kill(worker, signal.SIGTERM)


@pytest.mark.slow
def test_a_rate_holds_for_all_workers(tmp_path: Path, fake: FakeLLM, postgres_url: str) -> None:
    limited = """
flow: {{name: {name}}}
state:
  topic: {{type: str, required: true}}
  text: str
nodes: [{{id: write, prompt: "About {{topic}}", outputs: [text]}}]
config:
  llm: {{provider: openai, model: gpt-4o-mini}}
  execution: {{checkpoint: postgres, engine: dbos, requests_per_minute: {{openai: 240}}}}
  observability: {{mlflow: {{enabled: false}}}}
"""
    env = {"AGENTC_CHECKPOINTS": postgres_url}
    with cluster(tmp_path, fake, env, limited, name="limited") as crew:
        for _ in range(2):
            crew.worker("--concurrency", "10")
        rows, results = tmp_path / "rows.jsonl", tmp_path / "results.jsonl"
        rows.write_text("".join(json.dumps({"topic": f"{n}"}) + "\n" for n in range(30)))
        begun = time.monotonic()
        crew.ok("batch", "--inputs", str(rows), "--output", str(results), "--engine", "dbos")
    came = sorted(came for _, came, _ in fake.timeline)
    assert len(came) == 30
    # Four a second: the last may be sent 7.25 seconds after the first, however many workers ask and however late the
    # first ones arrive; without a bound all would come within a second.
    assert came[-1] - begun >= 7.25


@pytest.mark.slow
def test_a_paused_run_is_answered_and_goes_on(tmp_path: Path, fake: FakeLLM) -> None:
    asking = """
flow: {{name: {name}}}
state:
  topic: {{type: str, required: true}}
  text: str
  verdict: str
nodes:
  - {{id: write, prompt: "About {{topic}}", outputs: [text]}}
  - {{id: check, ask: "Is {{text}} fine?", choices: ["yes", "no"], outputs: [verdict]}}
edges: [START -> write -> check -> END]
config:
  llm: {{provider: openai, model: gpt-4o-mini}}
  execution: {{checkpoint: sqlite, engine: dbos}}
  observability: {{mlflow: {{enabled: false}}}}
"""
    env = {"AGENTC_CHECKPOINTS": str(tmp_path / "runs.sqlite")}
    with cluster(tmp_path, fake, env, asking, name="asking") as crew:
        crew.worker()
        submit = ("submit", "-i", "topic=tea", "--id", "ask", "--wait", "--json")
        paused = crew.call(*submit)
        assert paused.code == 4, paused
        assert json.loads(paused.out)["choices"] == ["yes", "no"]
        crew.ok("resume", "--thread", "ask", "--answer", "yes")
        assert json.loads(crew.ok(*submit))["verdict"] == "yes"
        assert len(fake.requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["dbos", "temporal"])
def test_what_is_out_of_reach_is_named_in_one_line(
    engine: str, tmp_path: Path, fake: FakeLLM
) -> None:
    nowhere = "127.0.0.1:1"
    if engine == "dbos":
        database, env = "postgres", {"AGENTC_CHECKPOINTS": f"postgresql://nobody@{nowhere}/none"}
        begin = "error: the database of the runs cannot be used: connection failed: "
    else:
        database, env = "sqlite", {"AGENTC_CHECKPOINTS": str(tmp_path / "runs.sqlite")}
        begin = (
            f"error: no Temporal server answers at {nowhere}: start one, or set TEMPORAL_ADDRESS"
        )
    env["TEMPORAL_ADDRESS"] = nowhere
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"topic": "tea"}\n')
    files = ("--inputs", str(rows), "--output", str(tmp_path / "results.jsonl"))
    words = {"name": "away", "engine": engine, "database": database}
    with cluster(tmp_path, fake, env, with_server=True, **words) as crew:
        for command in (
            ("queue",),
            ("submit", "-i", "topic=tea", "--wait"),
            ("cancel", "one"),
            ("prune", "--days", "1"),
            ("batch", *files, "--engine", engine),
            ("serve", "--port", "0"),
        ):
            ended = crew.call(*command)
            assert ended.code == 1, ended
            [line] = ended.err.splitlines()
            assert line.startswith(begin)
