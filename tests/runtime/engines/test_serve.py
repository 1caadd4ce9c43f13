"""Runs that come over HTTP or from triggers to a package with an engine: workers do them, a server relays."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.runtime.engines.cluster import Cluster, cluster
from tests.runtime.engines.test_queue import PLACES
from tests.runtime.serve.serving import Served, free_port, wait_until
from tests.runtime.triggers.fakes import FakeTelegram
from tests.support.fake_llm import FakeLLM

WORKFLOW = """
flow: {{name: {name}}}
state:
  question: {{type: str, required: true}}
  answer: str
  verdict: str
nodes:
  - {{id: think, function: "./hooks.py:think", outputs: [answer]}}
  - {{id: weigh, function: "./hooks.py:weigh", outputs: [answer]}}
  - id: check
    ask: "Is this fine: {{answer}}?"
    choices: ["yes", "no"]
    when: 'startswith(question, "ask")'
    outputs: [verdict]
triggers:
  - telegram: {{}}
    reply: state.answer
config:
  execution: {{checkpoint: {database}, engine: {engine}}}
  observability: {{mlflow: {{enabled: false}}}}
"""
# `slow` ones are thought about until the file `go` is there; who thinks is noted.
HOOKS = """
import asyncio, os, sys

def log(*words: object) -> None:
    with open("log", "a") as file:
        print(os.getpid(), *words, file=file, flush=True)

async def think(question: str) -> str:
    log("think", question)
    if question == "bad":
        raise ValueError("no thought")
    if question == "whose":
        [runs] = [module for name, module in sys.modules.items() if name.endswith("._runtime.run")]
        return f"{runs.current().user}, {runs.current().session}"
    return "x" * 2_000_000 if question == "big" else question.upper()

async def weigh(answer: str) -> str:
    log("weigh", answer)
    while answer.startswith("SLOW") and not os.path.exists("go"):
        await asyncio.sleep(0.05)
    return answer + "!"
"""


class Office:
    """Servers and workers of one package, in one folder."""

    def __init__(self, crew: Cluster, telegram: FakeTelegram) -> None:
        self.crew = crew
        self.telegram = telegram
        self.port = free_port()
        self.http = Served(self.port)

    def serve(self, *options: str) -> int:
        """Start a server, wait until it answers and return its process id."""
        pid = self.crew.start("serve", "--port", str(self.port), *options)

        def is_there() -> bool:
            try:
                return self.http.client.get("/health").status_code == 200
            except httpx.TransportError:
                return False

        wait_until(is_there)
        return pid

    def log(self) -> list[str]:
        """Return what was done, each line after the process that did it."""
        path = self.crew.folder / "log"
        return path.read_text().splitlines() if path.exists() else []

    def go(self) -> None:
        """Let slow runs go on."""
        (self.crew.folder / "go").touch()

    def said(self, pid: int) -> str:
        """Return what a command has written to stderr."""
        return self.crew.outputs[pid].with_suffix(".err").read_text()


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture(scope="module", params=PLACES)
def package(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    fake_server: FakeLLM,
    telegram: FakeTelegram,
) -> Iterator[Cluster]:
    engine, _, database = request.param.partition("-")
    folder = tmp_path_factory.mktemp("office")
    env = {
        "AGENTC_CHECKPOINTS": str(folder / "runs.sqlite"),
        "AGENTC_WORKER_LEASE": "6",
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE": telegram.url,
    }
    if database == "postgres":
        env["AGENTC_CHECKPOINTS"] = request.getfixturevalue("postgres_url")
    if engine == "temporal":
        env["TEMPORAL_ADDRESS"] = request.getfixturevalue("temporal_address")
    words = {"name": f"office_{engine}_{database}", "engine": engine, "database": database}
    with cluster(folder, fake_server, env, WORKFLOW, hooks=HOOKS, **words) as made:
        yield made


@pytest.fixture
def office(package: Cluster, telegram: FakeTelegram) -> Iterator[Office]:
    for name in ("log", "go"):
        (package.folder / name).unlink(missing_ok=True)
    made = Office(package, telegram)
    yield made
    package.stop()
    made.http.client.close()


@pytest.mark.slow
def test_workers_do_what_the_server_takes(office: Office) -> None:
    server = office.serve("--max-queue", "1")
    http = office.http
    waiting = http.ask("ask me").json()
    assert http.ask("too much").status_code == 503
    wait_until(lambda: http.client.get("/health").json()["workers"] == 0)
    told = http.run(waiting["id"], wait=0)
    assert (told["status"], told["waits_for"]) == ("queued", "a worker: none is alive")
    wait_until(lambda: "worker` starts one" in office.said(server))
    assert http.client.get("/health").json()["runs"] == {"queued": 1}

    worker = office.crew.worker("--name", "kitchen")
    paused = http.run(waiting["id"])
    assert (paused["status"], paused["ask"]) == ("paused", "Is this fine: ASK ME!?")
    wrong = http.post(f"/runs/{waiting['id']}/resume", {"answer": "perhaps"})
    assert wrong.status_code == 422
    done = http.post(f"/runs/{waiting['id']}/resume?wait=60", {"answer": "yes"}).json()
    assert done["state"] == {"question": "ask me", "answer": "ASK ME!", "verdict": "yes"}
    assert set(done) == {"id", "status", "source", "created", "finished", "state"}
    assert office.log() == [f"{worker} think ask me", f"{worker} weigh ASK ME"]
    events = [(kind, data) for _, kind, data in http.events(waiting["id"])]
    taken = [data["worker"] for kind, data in events if kind == "Taken"]
    assert [str(each)[:8] for each in taken] == ["kitchen-"] * 2, "before and after the answer"
    nodes = [data["node"] for kind, data in events if kind == "NodeFinished"]
    assert nodes == ["think", "weigh", "check"]
    assert events[-1][0] == "End"

    failed = http.ask("bad", wait=60).json()
    assert failed["status"] == "failed"
    error = failed["error"]
    assert (error["kind"], error["message"], error["node"]) == ("ValueError", "no thought", "think")
    assert (error["place"], error["thread"]) == ("flow.yaml:8", failed["id"])

    slow = http.ask("slow one").json()["id"]
    wait_until(lambda: f"{worker} weigh SLOW ONE" in office.log())
    wait_until(lambda: http.run(slow, wait=0)["status"] == "running")
    assert http.post(f"/runs/{slow}/cancel").json()["status"] == "cancelled"
    assert http.post(f"/runs/{slow}/cancel").status_code == 409
    office.go()
    simulated = http.post("/runs?wait=60", {"inputs": {"question": "ask x"}, "simulate": True})
    assert simulated.json()["state"]["verdict"] == "yes", "the first choice"
    whose = {"inputs": {"question": "whose"}, "user": "ann", "session": "tea"}
    assert http.post("/runs?wait=60", whose).json()["state"]["answer"] == "ann, tea!"
    wait_until(lambda: "agentc_workers 1\n" in http.client.get("/metrics").text)
    metrics = http.client.get("/metrics").text
    assert 'agentc_runs_ended_total{status="cancelled"} 1\n' in metrics

    # More than Temporal keeps.
    assert len(http.ask("big", wait=60).json()["state"]["answer"]) == 2_000_001

    office.telegram.sent.clear()  # of other packages
    office.telegram.receive("hello")
    wait_until(lambda: ("7", "HELLO!") in office.telegram.sent)
    assert f"{worker} think hello" in office.log()
    assert office.crew.kill(server, signal.SIGTERM).code == 0


@pytest.mark.slow
def test_a_run_outlives_its_server_and_its_worker(office: Office) -> None:
    server = office.serve()
    http = office.http
    first = office.crew.worker()
    slow = http.ask("slow", idempotency_key="one").json()["id"]
    quick = http.ask("quick").json()["id"]
    wait_until(lambda: f"{first} weigh SLOW" in office.log())
    office.crew.kill(server)
    office.crew.kill(first)
    # Nobody serves while the run ends.
    second = office.crew.worker("--name", "second")
    wait_until(lambda: f"{second} weigh SLOW" in office.log())
    office.go()
    wait_until(lambda: office.crew.queue()["running"] == 0)

    office.serve()
    done = http.run(slow)
    assert done["state"] == {"question": "slow", "answer": "SLOW!"}
    assert http.run(quick)["status"] == "finished"
    assert http.ask("slow", idempotency_key="one").json()["id"] == slow
    thought = [line.split(" ", 1)[1] for line in office.log()]
    assert sorted(thought) == [
        "think quick",
        "think slow",
        "weigh QUICK",
        "weigh SLOW",
        "weigh SLOW",
    ]
    workers = [str(data["worker"]) for _, kind, data in http.events(slow) if kind == "Taken"]
    assert workers[-1].startswith("second-"), "what happened without a server is told as well"


@pytest.mark.slow
@pytest.mark.parametrize("package", ["dbos-sqlite"], indirect=True)
def test_a_server_brings_its_workers_along(office: Office) -> None:
    server = office.serve("--workers", "1", "--grace", "1")
    done = office.http.ask("why", wait=60).json()
    assert done["state"] == {"question": "why", "answer": "WHY!"}
    [first] = {int(line.split()[0]) for line in office.log()}
    assert first != server
    os.kill(first, signal.SIGKILL)
    assert office.http.ask("who", wait=60).json()["status"] == "finished", "another one starts"
    slow = office.http.ask("slow").json()["id"]
    wait_until(lambda: any("weigh SLOW" in line for line in office.log()))
    assert office.crew.kill(server, signal.SIGTERM).code == 0
    assert office.crew.queue()["workers"] == []
    assert "left 1 runs, which workers go on with" in office.said(server)

    office.go()
    office.serve("--workers", "1")
    assert office.http.run(slow)["state"] == {"question": "slow", "answer": "SLOW!"}
