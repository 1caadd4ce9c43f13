"""`serve` of generated packages: real processes, real connections, a real registry."""

import contextlib
import json
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.runtime.serve.serving import Serving, build, wait_until, with_hooks
from tests.support.project import ROOT, Project

PAGE = (ROOT / "docs/guide/serving.md").read_text("utf-8")
DURABLE = with_hooks(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
PLAIN = """
flow: {name: plain, description: Thinks.}
state:
  question: {type: str, required: true, description: What to think about.}
  answer: str
nodes:
  - {id: think, function: "./hooks.py:think", outputs: [answer]}
  - {id: polish, function: "./hooks.py:polish", outputs: [answer]}
"""


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build(DURABLE, tmp_path_factory.mktemp("durable"), with_server=True)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build(PLAIN, tmp_path_factory.mktemp("plain"), with_server=True)


@pytest.fixture(scope="module")
def server(plain: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("server")
    options = ("--max-body", "2000", "--concurrency", "2", "--max-queue", "3")
    with Serving(plain, folder, *options, env={"NAP": "1.5"}) as serving:
        yield serving


def events(server: Serving, run: str, after: int = 0) -> list[tuple[int, str, dict[str, object]]]:
    """Follow a run to its end."""
    found = []
    headers = {"Last-Event-ID": str(after)}
    with server.client.stream("GET", f"/runs/{run}/events", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        block: dict[str, str] = {}
        for line in response.iter_lines():
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                block[name] = value
            elif not line and block:
                found.append((int(block.get("id", 0)), block["event"], json.loads(block["data"])))
                block = {}
    return found


def test_a_run_can_be_waited_for_or_looked_at_later(server: Serving) -> None:
    done = server.ask("why", wait=60)
    assert done.status_code == 200
    body = done.json()
    assert body["state"] == {"question": "why", "answer": "WHY!"}
    assert (body["status"], body["source"]) == ("finished", "api")
    accepted = server.ask("slow")
    assert accepted.status_code == 202
    assert accepted.headers["location"] == f"/runs/{accepted.json()['id']}"
    assert server.client.get(accepted.headers["location"]).json()["status"] in ("queued", "running")
    assert server.run(accepted.json()["id"])["status"] == "finished"


def test_failures_are_told_like_on_the_command_line(server: Serving) -> None:
    failed = server.ask("bad", wait=60).json()
    assert failed["status"] == "failed"
    assert failed["error"] == {
        "kind": "ValueError",
        "message": "no thought",
        "node": "think",
        "place": "flow.yaml:7",
        "thread": None,
    }


def test_what_does_not_fit_is_refused(server: Serving) -> None:
    refused = server.post("/runs", {"inputs": {"questoin": "x"}})
    assert refused.status_code == 422
    assert "did you mean `question`?" in str(refused.json()["detail"])
    assert server.post("/runs", {"input": {}}).status_code == 422
    assert server.client.post("/runs", content=b"{torn").status_code == 422
    text = server.client.post("/runs", content=b"{}", headers={"content-type": "text/plain"})
    assert text.status_code == 422
    assert server.client.get("/runs/nothing").status_code == 404
    assert server.post("/runs/nothing/cancel").status_code == 404
    foreign = server.client.get("/health", headers={"host": "evil.example"})
    assert foreign.status_code == 400


def test_long_bodies_are_refused_before_they_are_read(server: Serving) -> None:
    long = server.post("/runs", {"inputs": {"question": "x" * 3000}})
    assert long.status_code == 413
    assert "longer than 2000 bytes" in long.json()["detail"]

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b" " * 1000

    headers = {"content-type": "application/json"}
    try:
        chunked = server.client.post("/runs", content=endless(), headers=headers)
        assert chunked.status_code == 413
    except httpx.WriteError:  # the server has hung up: as good
        pass


def test_a_key_stands_for_one_run(server: Serving) -> None:
    first = server.ask("once", wait=60, idempotency_key="k1").json()
    again = server.ask("once", idempotency_key="k1").json()
    assert again["id"] == first["id"]
    assert server.log().count("think once") == 1
    other = server.ask("twice", idempotency_key="k1")
    assert (other.status_code, "another content" in other.text) == (422, True)


def test_events_can_be_followed_and_taken_up_again(server: Serving) -> None:
    run = server.ask("slow events").json()["id"]
    told = events(server, run)
    kinds = [kind for _, kind, _ in told if kind != "Traced"]
    assert kinds == ["NodeStarted", "NodeFinished", "NodeStarted", "NodeFinished", "End"]
    assert told[-1][2]["state"]["answer"] == "SLOW EVENTS!"  # type: ignore[index]
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert events(server, run, after=3) == told[3:]
    assert events(server, run, after=999) == told  # numbers of an earlier server


def test_a_run_can_be_cancelled(server: Serving) -> None:
    run = server.ask("slow cancelled").json()["id"]
    wait_until(lambda: "think slow cancelled" in server.log())
    assert server.post(f"/runs/{run}/cancel").json()["status"] == "cancelled"
    assert server.run(run)["status"] == "cancelled"
    again = server.post(f"/runs/{run}/cancel")
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "the run has ended already: cancelled",
    )
    assert "polish SLOW CANCELLED" not in server.log()
    assert server.post(f"/runs/{run}/resume", {"answer": "x"}).status_code == 409


def test_only_so_many_runs_wait(server: Serving) -> None:
    answers = [server.ask(f"slow {number}") for number in range(8)]
    codes = [answer.status_code for answer in answers]
    assert codes.count(202) >= 5
    assert 503 in codes
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.headers["retry-after"] == "10"
    for answer in answers:
        if answer.status_code == 202:
            assert server.run(answer.json()["id"])["status"] == "finished"


def test_the_interface_describes_itself(server: Serving) -> None:
    text = server.client.get("/openapi.json").json()
    inputs = text["components"]["schemas"]["NewRun"]["properties"]["inputs"]
    assert inputs == {
        "type": "object",
        "properties": {
            "question": {
                "title": "question (str)",
                "type": "string",
                "description": "What to think about.",
            },
        },
        "required": ["question"],
        "additionalProperties": False,
    }
    assert set(text["paths"]) >= {"/runs", "/runs/{run}", "/runs/{run}/events", "/health"}
    assert server.client.get("/docs").status_code == 404


def test_metrics_count(server: Serving) -> None:
    server.ask("counted", wait=60)
    text = server.client.get("/metrics").text
    numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    finished = int(numbers['agentc_runs_ended_total{status="finished"}'])
    assert finished >= 1
    assert int(numbers["agentc_run_seconds_count"]) >= finished
    assert int(numbers['agentc_deliveries_total{source="api",outcome="accepted"}']) >= finished
    buckets = [int(value) for name, value in numbers.items() if "_bucket" in name]
    assert buckets == sorted(buckets)


def test_beyond_this_machine_a_key_is_needed(plain: Project, tmp_path: Path) -> None:
    for options in (("--host", "0.0.0.0"), ("--public-url", "https://x.example")):
        refused = plain.run("serve", *options, cwd=tmp_path)
        assert refused.returncode == 2
        assert "needs a key: set AGENTC_API_KEY" in refused.stderr
    with Serving(plain, tmp_path, "--host", "0.0.0.0", env={"AGENTC_API_KEY": "sesame"}) as server:
        assert server.client.get("/health").status_code == 200
        for headers in ({}, {"authorization": "Bearer no"}, {"x_api_key": "sesam"}):
            assert server.ask("x", 0, **headers).status_code == 401
        assert server.client.get("/metrics").status_code == 401
        assert server.ask("x", authorization="Bearer sesame").status_code == 202
        assert server.ask("x", wait=60, x_api_key="sesame").status_code == 200


def test_a_person_answers_over_http(durable: Project, tmp_path: Path) -> None:
    with Serving(durable, tmp_path) as server:
        paused = server.ask("ask me", wait=60).json()
        assert paused["status"] == "paused"
        assert paused["ask"] == "Is this fine: ASK ME?"
        assert paused["choices"] == ["yes", "no"]
        run = paused["id"]
        before = events(server, run)
        assert before[-1][2]["status"] == "paused"
    with Serving(durable, tmp_path) as server:  # another process
        wrong = server.post(f"/runs/{run}/resume", {"answer": "yse"})
        assert wrong.status_code == 422
        assert "did you mean `yes`?" in wrong.text
        assert server.post(f"/runs/{run}/resume", {"answers": {"chek": "yes"}}).status_code == 422
        assert server.run(run)["status"] == "paused"
        done = server.post(f"/runs/{run}/resume?wait=60", {"answers": {"check": "yes"}}).json()
        assert done["state"]["verdict"] == "yes"
        assert server.log() == ["think ask me", "polish ASK ME"]
        # The command line sees the same run.
        shown = durable.answer("resume", "--thread", run, cwd=tmp_path)
        assert shown == done["state"]


def test_events_outlive_the_server(durable: Project, tmp_path: Path) -> None:
    with Serving(durable, tmp_path) as server:
        run = server.ask("ask me", wait=60).json()["id"]
        told = events(server, run)
        assert server.stop() == 0
    with Serving(durable, tmp_path) as server:
        assert events(server, run)[:-1] == told[:-1]  # the last one says how it stands
        assert events(server, run, after=2) == [*told[2:-1], (0, "End", told[-1][2])]
        server.post(f"/runs/{run}/resume?wait=60", {"answer": "yes"})
        more = events(server, run, after=told[-1][0])
        assert more[0][:2] == (more[1][0] - 1, "Restarted")
        assert (more[-1][1], more[-1][2]["status"]) == ("End", "finished")
        everything = events(server, run)
        assert everything == [*told[:-1], *more]
        assert len({number for number, _, _ in everything}) == len(everything)
        server.stop(signal.SIGKILL)
    with Serving(durable, tmp_path) as server:
        assert events(server, run)[:-1] == everything[:-1]


def test_old_runs_are_forgotten(durable: Project, tmp_path: Path) -> None:
    with Serving(durable, tmp_path) as server:
        runs = [
            server.ask(name, wait=60, idempotency_key=name).json()["id"] for name in ("a", "b", "c")
        ]
        paused = server.ask("ask me", wait=60).json()["id"]
    with Serving(durable, tmp_path, "--keep-runs", "1") as server:
        wait_until(lambda: server.client.get(f"/runs/{runs[1]}").status_code == 404)
        shown = [server.client.get(f"/runs/{run}").status_code for run in [*runs, paused]]
        assert shown == [404, 404, 200, 200]
        assert server.client.get(f"/runs/{runs[0]}/events").status_code == 404
        assert server.ask("a", idempotency_key="a").status_code == 410
        with contextlib.closing(sqlite3.connect(tmp_path / ".agentc/asker.sqlite")) as db:
            threads = {run for [run] in db.execute("SELECT DISTINCT thread_id FROM checkpoints")}
        assert threads == {runs[2], paused}
    with Serving(durable, tmp_path, "--keep-days", "0") as server:
        wait_until(lambda: server.client.get(f"/runs/{runs[2]}").status_code == 404)
        assert server.client.get(f"/runs/{paused}").status_code == 200


def test_a_run_says_whom_it_is_for(durable: Project, tmp_path: Path) -> None:
    with Serving(durable, tmp_path) as server:
        body = {"inputs": {"question": "x"}, "user": "ada", "session": "letters"}
        assert server.post("/runs?wait=60", body).json()["status"] == "finished"
        durable.answer("run", "-i", "question=x", "--user", "bob", cwd=tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / ".agentc/asker.sqlite")) as db:
        notes = [json.loads(each) for [each] in db.execute("SELECT metadata FROM checkpoints")]
    assert {(each.get("user"), each.get("session")) for each in notes} == {
        ("ada", "letters"),
        ("bob", None),
    }


def test_an_answer_on_the_command_line_counts_as_well(durable: Project, tmp_path: Path) -> None:
    with Serving(durable, tmp_path) as server:
        run = server.ask("ask both", wait=60).json()["id"]
        durable.answer("resume", "--thread", run, "--answer", "no", cwd=tmp_path)
        done = server.post(f"/runs/{run}/resume?wait=60", {"answer": "yes"}).json()
        assert (done["status"], done["state"]["verdict"]) == ("finished", "no")


def test_sigterm_lets_runs_finish(plain: Project, tmp_path: Path) -> None:
    with Serving(plain, tmp_path, env={"NAP": "1"}) as server:
        run = server.ask("slow end").json()["id"]
        wait_until(lambda: "think slow end" in server.log())
        told: list[tuple[int, str, dict[str, object]]] = []
        follower = threading.Thread(target=lambda: told.extend(events(server, run)))
        follower.start()
        time.sleep(0.3)
        assert server.stop() == 0
        follower.join(timeout=30)
        assert told[-1][2]["status"] == "finished"
    with Serving(plain, tmp_path) as server:
        assert server.run(run)["state"]["answer"] == "SLOW END!"  # type: ignore[index]
        assert server.log() == ["think slow end", "polish SLOW END"]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_runs_that_were_cut_off_go_on(
    durable: Project, tmp_path: Path, sign: signal.Signals
) -> None:
    with Serving(
        durable, tmp_path, "--grace", "0.2", "--concurrency", "1", env={"NAP": "3"}
    ) as server:
        cut = server.ask("slow cut").json()["id"]
        queued = server.ask("queued").json()["id"]
        wait_until(lambda: "polish SLOW CUT" in server.log())
        code = server.stop(sign)
        assert code == (0 if sign == signal.SIGTERM else -9)
    with Serving(durable, tmp_path) as server:
        assert server.run(cut)["state"]["answer"] == "SLOW CUT!"  # type: ignore[index]
        assert server.run(queued)["state"]["answer"] == "QUEUED!"  # type: ignore[index]
        # The finished step is not done again.
        assert server.log().count("think slow cut") == 1
        assert server.log().count("polish SLOW CUT") == 2


def test_a_run_that_kills_the_server_is_given_up(plain: Project, tmp_path: Path) -> None:
    for attempt in range(3):
        try:
            with Serving(plain, tmp_path) as server:
                if attempt == 0:
                    server.ask("die")
                server.process.wait(timeout=60)
        except (AssertionError, httpx.TransportError):
            pass  # dead before it answered
    with Serving(plain, tmp_path) as server:
        with sqlite3.connect(tmp_path / ".agentc/plain-runs.sqlite") as db:
            [run] = db.execute("SELECT id FROM runs").fetchone()
        assert server.run(run)["error"]["kind"] == "ServerStopped"  # type: ignore[index]
        assert server.log() == ["think die"] * 3


def test_one_server_per_database(plain: Project, tmp_path: Path) -> None:
    with Serving(plain, tmp_path):
        second = plain.run("serve", "--port", "0", cwd=tmp_path)
        assert second.returncode == 2
        assert "another server uses" in second.stderr
        assert "Traceback" not in second.stderr


def test_without_a_server_nothing_of_it_is_there(tmp_path: Path) -> None:
    project = build(PLAIN, tmp_path)
    assert not (project.folder / "plain/_runtime/serve").exists()
    assert "fastapi" not in (project.folder / "pyproject.toml").read_text()
    assert "Serve" not in (project.folder / "plain/__main__.py").read_text()
