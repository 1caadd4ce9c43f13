"""`serve` of generated packages: real processes, real connections, a real registry."""

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.runtime.serve.serving import DURABLE, PLAIN, Serving, build, wait_until
from tests.support.project import Project


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
    told = server.events(run)
    kinds = [kind for _, kind, _ in told if kind != "Traced"]
    assert kinds == ["NodeStarted", "NodeFinished", "NodeStarted", "NodeFinished", "End"]
    assert told[-1][2]["state"]["answer"] == "SLOW EVENTS!"  # type: ignore[index]
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert server.events(run, after=3) == told[3:]
    assert server.events(run, after=999) == told  # numbers of an earlier server


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


def test_sigterm_lets_runs_finish(plain: Project, tmp_path: Path) -> None:
    with Serving(plain, tmp_path, env={"NAP": "1"}) as server:
        run = server.ask("slow end").json()["id"]
        wait_until(lambda: "think slow end" in server.log())
        told: list[tuple[int, str, dict[str, object]]] = []
        follower = threading.Thread(target=lambda: told.extend(server.events(run)))
        follower.start()
        time.sleep(0.3)
        assert server.stop() == 0
        follower.join(timeout=30)
        assert told[-1][2]["status"] == "finished"
    with Serving(plain, tmp_path) as server:
        assert server.run(run)["state"]["answer"] == "SLOW END!"  # type: ignore[index]
        assert server.log() == ["think slow end", "polish SLOW END"]


def test_without_a_server_nothing_of_it_is_there(tmp_path: Path) -> None:
    project = build(PLAIN, tmp_path)
    assert not (project.folder / "plain/_runtime/serve").exists()
    assert "fastapi" not in (project.folder / "pyproject.toml").read_text()
    assert "Serve" not in (project.folder / "plain/__main__.py").read_text()


def test_a_server_that_keeps_its_runs_in_a_file_needs_no_libraries_for_databases(
    plain: Project,
) -> None:
    needed = (plain.folder / "pyproject.toml").read_text()
    assert "fastapi" in needed
    assert not any(name in needed for name in ("sqlalchemy", "alembic", "psycopg", "redis"))
