"""What a server keeps of its runs, in a file and in a PostgreSQL database that other hosts reach too."""

import contextlib
import functools
import itertools
import json
import signal
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import psycopg
import pytest
from redis import Redis

from tests.runtime.serve.serving import DURABLE, PLAIN, Serving, build, wait_until
from tests.support.postgres import new_database
from tests.support.project import Project

IN_DATABASE = "config: {storage: {backend: '${env:%s}'}}\n"
VARIABLES = {"postgres": "RUNS_DATABASE", "redis": "RUNS_REDIS"}
_databases = itertools.count(1)  # of the one Redis server
Projects = Mapping[tuple[str, str], Project]


@dataclass(frozen=True)
class Place:
    """Where the servers of one test keep their runs: below `folder`, or in the database at `url`.

    With a database each server is started in a new folder, as on another host.
    """

    project: Project
    folder: Path
    url: str | None
    _hosts: Iterator[int] = field(default_factory=itertools.count)

    @property
    def env(self) -> dict[str, str]:
        """The environment of servers and other commands."""
        address = {name: self.url for name in VARIABLES.values() if self.url}
        return {"LOG": str(self.folder / "log"), "AGENTC_WORKER_LEASE": "2", **address}

    def host(self) -> Path:
        """Return the folder of the next server."""
        if self.url is None:
            return self.folder
        host = self.folder / f"host{next(self._hosts)}"
        host.mkdir()
        return host

    def serve(self, *options: str, env: Mapping[str, str] | None = None) -> Serving:
        """Return a server that is not yet started."""
        return Serving(self.project, self.host(), *options, env={**self.env, **(env or {})})

    def run(self, *arguments: str) -> CompletedProcess[str]:
        """Run another command of the package."""
        return self.project.run(*arguments, cwd=self.host(), env=self.env)

    def answer(self, *arguments: str) -> dict[str, object]:
        """Run another command of the package and return the final state."""
        return self.project.answer(*arguments, cwd=self.host(), env=self.env)

    def runs(self) -> set[str]:
        """Return the ids of all runs that the server keeps."""
        if self._redis is not None:
            keys = self._redis.hkeys(f"{{agentc:serve:{self.project.package}}}:agentc_runs")
            return {json.loads(key)[0] for key in keys}
        return self._ids("SELECT id FROM agentc_runs", "-runs")

    def saved(self) -> set[str]:
        """Return the ids of all runs of which checkpoints are kept."""
        if self._redis is not None:
            start = "{agentc:run:"
            keys = self._redis.keys(f"{start}*")
            names = {str(key)[len(start) : str(key).index("}")] for key in keys}
        else:
            names = self._ids("SELECT DISTINCT thread_id FROM checkpoints", "")
        return {name.removeprefix(f"{self.project.package}/") for name in names}

    @property
    def _redis(self) -> Redis | None:
        if self.url is None or not self.url.startswith("unix:"):
            return None
        return Redis.from_url(self.url, decode_responses=True)

    def _ids(self, sql: str, suffix: str) -> set[str]:
        if self.url is not None:
            with psycopg.connect(self.url) as connection:
                return {run for [run] in connection.execute(sql.encode())}
        file = self.folder / f".agentc/{self.project.package}{suffix}.sqlite"
        with contextlib.closing(sqlite3.connect(file)) as db:
            return {run for [run] in db.execute(sql)}


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    return {
        (name, kind): build(text + more, tmp_path_factory.mktemp(name), with_server=True)
        for name, text in (("durable", DURABLE), ("plain", PLAIN))
        for kind, more in (
            ("sqlite", ""),
            *((kind, IN_DATABASE % variable) for kind, variable in VARIABLES.items()),
        )
    }


@pytest.fixture(params=["sqlite", *(pytest.param(k, marks=pytest.mark.slow) for k in VARIABLES)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> str | None:
    if kind == "sqlite":
        return None
    if kind == "redis":
        return f"{request.getfixturevalue('redis_url')}?db={next(_databases)}"
    return new_database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def durable(projects: Projects, kind: str, url: str | None, tmp_path: Path) -> Place:
    return Place(projects["durable", kind], tmp_path, url)


@pytest.fixture
def plain(projects: Projects, kind: str, url: str | None, tmp_path: Path) -> Place:
    return Place(projects["plain", kind], tmp_path, url)


def test_a_person_answers_over_http(durable: Place) -> None:
    with durable.serve() as server:
        paused = server.ask("ask me", wait=60).json()
        assert paused["status"] == "paused"
        assert paused["ask"] == "Is this fine: ASK ME?"
        assert paused["choices"] == ["yes", "no"]
        run = paused["id"]
        before = server.events(run)
        assert before[-1][2]["status"] == "paused"
    with durable.serve() as server:  # another process
        wrong = server.post(f"/runs/{run}/resume", {"answer": "yse"})
        assert wrong.status_code == 422
        assert "did you mean `yes`?" in wrong.text
        assert server.post(f"/runs/{run}/resume", {"answers": {"chek": "yes"}}).status_code == 422
        assert server.run(run)["status"] == "paused"
        done = server.post(f"/runs/{run}/resume?wait=60", {"answers": {"check": "yes"}}).json()
        assert done["state"]["verdict"] == "yes"
        assert server.log() == ["think ask me", "polish ASK ME"]
        # The command line sees the same run.
        shown = durable.answer("resume", "--thread", run)
        assert shown == done["state"]


def test_events_outlive_the_server(durable: Place) -> None:
    with durable.serve() as server:
        run = server.ask("ask me", wait=60).json()["id"]
        told = server.events(run)
        assert server.stop() == 0
    with durable.serve() as server:
        assert server.events(run)[:-1] == told[:-1]  # the last one says how it stands
        assert server.events(run, after=2) == [*told[2:-1], (0, "End", told[-1][2])]
        server.post(f"/runs/{run}/resume?wait=60", {"answer": "yes"})
        more = server.events(run, after=told[-1][0])
        assert more[0][:2] == (more[1][0] - 1, "Restarted")
        assert (more[-1][1], more[-1][2]["status"]) == ("End", "finished")
        everything = server.events(run)
        assert everything == [*told[:-1], *more]
        assert len({number for number, _, _ in everything}) == len(everything)
        server.stop(signal.SIGKILL)
    with durable.serve() as server:
        assert server.events(run)[:-1] == everything[:-1]


def test_old_runs_are_forgotten(durable: Place) -> None:
    with durable.serve() as server:
        runs = [
            server.ask(name, wait=60, idempotency_key=name).json()["id"] for name in ("a", "b", "c")
        ]
        paused = server.ask("ask me", wait=60).json()["id"]
    with durable.serve("--keep-runs", "1") as server:
        wait_until(lambda: server.client.get(f"/runs/{runs[1]}").status_code == 404)
        shown = [server.client.get(f"/runs/{run}").status_code for run in [*runs, paused]]
        assert shown == [404, 404, 200, 200]
        assert server.client.get(f"/runs/{runs[0]}/events").status_code == 404
        assert server.ask("a", idempotency_key="a").status_code == 410
        assert durable.saved() == {runs[2], paused}
    with durable.serve("--keep-days", "0") as server:
        wait_until(lambda: server.client.get(f"/runs/{runs[2]}").status_code == 404)
        assert server.client.get(f"/runs/{paused}").status_code == 200


def test_an_answer_on_the_command_line_counts_as_well(durable: Place) -> None:
    with durable.serve() as server:
        run = server.ask("ask both", wait=60).json()["id"]
        durable.answer("resume", "--thread", run, "--answer", "no")
        done = server.post(f"/runs/{run}/resume?wait=60", {"answer": "yes"}).json()
        assert (done["status"], done["state"]["verdict"]) == ("finished", "no")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_runs_that_were_cut_off_go_on(durable: Place, sign: signal.Signals) -> None:
    with durable.serve("--grace", "0.2", "--concurrency", "1", env={"NAP": "3"}) as server:
        cut = server.ask("slow cut").json()["id"]
        queued = server.ask("queued").json()["id"]
        wait_until(lambda: "polish SLOW CUT" in server.log())
        code = server.stop(sign)
        assert code == (0 if sign == signal.SIGTERM else -9)
    with durable.serve() as server:
        assert server.run(cut)["state"]["answer"] == "SLOW CUT!"  # type: ignore[index]
        assert server.run(queued)["state"]["answer"] == "QUEUED!"  # type: ignore[index]
        # The finished step is not done again.
        assert server.log().count("think slow cut") == 1
        assert server.log().count("polish SLOW CUT") == 2


def test_a_run_that_kills_the_server_is_given_up(plain: Place) -> None:
    for attempt in range(3):
        try:
            with plain.serve() as server:
                if attempt == 0:
                    server.ask("die")
                server.process.wait(timeout=60)
        except (AssertionError, httpx.TransportError):
            pass  # dead before it answered
    with plain.serve() as server:
        [run] = plain.runs()
        assert server.run(run)["error"]["kind"] == "ServerStopped"  # type: ignore[index]
        assert server.log() == ["think die"] * 3


def test_one_server_per_database(plain: Place) -> None:
    with plain.serve():
        second = plain.run("serve", "--port", "0")
        assert second.returncode == 2
        assert "another server uses" in second.stderr
        assert "Traceback" not in second.stderr


def test_nothing_that_was_accepted_is_lost(plain: Place) -> None:
    """Eight clients start runs with keys of their own, and the server is killed twice meanwhile."""
    accepted: dict[str, str] = {}

    def are_so_many(number: int) -> bool:
        return len(accepted) >= number

    def post(server: Serving, client: int) -> None:
        for number in range(8):
            key = f"{client}-{number}"
            with contextlib.suppress(httpx.TransportError):
                answer = server.ask(f"slow {key}", idempotency_key=key)
                if answer.is_success:
                    accepted[key] = answer.json()["id"]

    for _ in range(2):
        with plain.serve(env={"NAP": "0.1"}) as server:
            clients = [threading.Thread(target=post, args=(server, each)) for each in range(8)]
            for client in clients:
                client.start()
            enough = len(accepted) + 6
            wait_until(functools.partial(are_so_many, enough))
            server.stop(signal.SIGKILL)
            for client in clients:
                client.join(60)
    first = dict(accepted)
    with plain.serve() as server:
        for number in range(8):
            post(server, number)
        assert len(accepted) == 64
        assert {**accepted, **first} == accepted, "a key gives the same run for good"
        for key, run in accepted.items():
            found = server.run(run)
            assert found["state"] == {"question": f"slow {key}", "answer": f"SLOW {key}!"}
    assert plain.runs() == set(accepted.values())
