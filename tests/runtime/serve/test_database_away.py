"""Servers whose database goes away, refuses them, or gives their runs to another server."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runtime_stubs.errors import InputError
from runtime_stubs.serve.postgres import PostgresHistory
from runtime_stubs.serve.store import StoreAway
from tests.runtime.serve.serving import PLAIN, Serving, build, wait_until
from tests.support.postgres import Cluster, new_database, postgres_cluster
from tests.support.project import Project
from tests.support.redis_server import redis_server

WORKFLOW = PLAIN + "config: {storage: {backend: '${env:RUNS_DATABASE}'}}\n"
SAVED = PLAIN + (
    "config: {storage: {backend: '${env:RUNS_DATABASE}'}, execution: {checkpoint: postgres}}\n"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build(WORKFLOW, tmp_path_factory.mktemp("plain"), with_server=True)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return build(SAVED, tmp_path_factory.mktemp("saved"), with_server=True)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with postgres_cluster() as cluster:
        with psycopg.connect(cluster.address(), autocommit=True) as owner:
            owner.execute("CREATE ROLE guarded LOGIN PASSWORD 'sesame-open'")
        yield cluster


@pytest.mark.parametrize("name", ["project", "saved"])
def test_what_a_database_does_not_answer_is_refused_and_nothing_is_lost(
    name: str, cluster: Cluster, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = request.getfixturevalue(name)
    env = {"RUNS_DATABASE": new_database(cluster.address()), "NAP": "2"}
    with Serving(project, tmp_path, env=env) as server:
        going = server.ask("slow going").json()["id"]
        queued = [server.ask(f"queued {number}").json()["id"] for number in range(9)]
        wait_until(lambda: "think slow going" in server.log())
        cluster.stop()
        try:
            refused = server.ask("refused")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
            assert "the PostgreSQL database `test_" in refused.json()["detail"]
            assert "cannot be used now" in refused.json()["detail"]
            health = server.client.get("/health")
            assert (health.status_code, health.json()["status"]) == (503, "no database")
            assert server.client.get("/alive").status_code == 200
            assert server.client.get(f"/runs/{going}").status_code == 503
            assert server.post(f"/runs/{going}/resume", {"answer": "x"}).status_code == 503
            time.sleep(4)  # the run ends meanwhile
        finally:
            cluster.start()
        wait_until(lambda: server.client.get("/health").status_code == 200)
        for run in [going, *queued]:
            assert server.run(run)["status"] == "finished"
        assert server.ask("again", wait=60).json()["status"] == "finished"
        assert "think refused" not in server.log()
        assert server.stop() == 0
        assert "Traceback" not in server.messages()
        could_not = f"run {going} stopped, since it could not be saved"
        assert (could_not in server.messages()) == (name == "saved")


def test_redis_may_go_away_and_come_back_empty(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    workflow = WORKFLOW.replace("RUNS_DATABASE", "RUNS_REDIS")
    project = build(workflow, tmp_path_factory.mktemp("redis"), with_server=True)
    with (
        redis_server() as redis,
        Serving(project, tmp_path, env={"RUNS_REDIS": redis.url, "NAP": "1"}) as server,
    ):
        going = server.ask("slow going").json()["id"]
        queued = [server.ask(f"queued {number}").json()["id"] for number in range(9)]
        wait_until(lambda: "think slow going" in server.log())
        redis.kill()
        refused = server.ask("refused")
        assert (refused.status_code, "cannot be reached" in refused.text) == (503, True)
        time.sleep(3)  # the run ends meanwhile
        redis.start()
        for run in [going, *queued]:
            assert server.run(run)["status"] == "finished"
        assert "think refused" not in server.log()
        server.stop(signal.SIGKILL)
    assert "Traceback" not in server.messages()


def test_a_stop_does_not_wait_for_a_database_for_ever(
    project: Project, cluster: Cluster, tmp_path: Path
) -> None:
    env = {"RUNS_DATABASE": new_database(cluster.address())}
    with Serving(project, tmp_path, "--grace", "1", env={**env, "NAP": "60"}) as server:
        run = server.ask("slow going").json()["id"]
        wait_until(lambda: "think slow going" in server.log())
        cluster.stop()
        try:
            assert server.stop() == 0
        finally:
            cluster.start()
        assert f"run {run} could not be stored" in server.messages()
        assert "Traceback" not in server.messages()
    with Serving(project, tmp_path, env=env) as server:
        assert server.run(run)["status"] == "finished"


def test_a_server_whose_runs_were_taken_ends(
    project: Project, cluster: Cluster, tmp_path: Path
) -> None:
    env = {"RUNS_DATABASE": new_database(cluster.address()), "LOG": str(tmp_path / "log")}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with Serving(project, tmp_path / "one", env={**env, "NAP": "3"}) as one:
        run = one.ask("slow going").json()["id"]
        wait_until(lambda: "think slow going" in one.log())
        one.process.send_signal(signal.SIGSTOP)  # as if its host had no network for a while
        with psycopg.connect(env["RUNS_DATABASE"], autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'agentc serve plain'"
            )
        with Serving(project, tmp_path / "two", env=env) as two:
            one.process.send_signal(signal.SIGCONT)
            assert one.process.wait(60) == 1
            assert "another server has taken the runs" in one.messages()
            assert "Traceback" not in one.messages()
            assert two.run(run)["status"] == "finished"
            assert two.ask("more", wait=60).json()["status"] == "finished"


def test_what_is_wrong_with_a_database_is_said_in_a_line(
    project: Project, cluster: Cluster, tmp_path: Path
) -> None:
    host = f"host={cluster.folder}"
    for address, code, words in (
        (None, 2, "the environment variable `RUNS_DATABASE` is not set"),
        (f"postgresql://guarded:wrong-open@/postgres?{host}", 1, "password authentication failed"),
        ("postgresql://u:sesame-open@[::1/x", 2, "expected `postgresql://user:password@host"),
    ):
        env = {} if address is None else {"RUNS_DATABASE": address}
        done = project.run("serve", "--port", "0", cwd=tmp_path, env=env)
        assert (done.returncode, words in done.stderr) == (code, True), done.stderr
        assert "-open" not in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_an_address_is_said_without_the_password(cluster: Cluster) -> None:
    host = f"host={cluster.folder}"
    for address, kind, words in (
        (
            f"postgresql://guarded:sesame-open@/nothing?{host}",
            StoreAway,
            '"nothing" does not exist',
        ),
        (f"postgresql://guarded:sesame-open@/postgres?{host}", StoreAway, "permission denied"),
        ("postgresql://u:sesame-open@127.0.0.1:1/x", StoreAway, "`x` on `127.0.0.1` cannot be"),
        ("postgresql://u:sesame-open/1@127.0.0.1/x", StoreAway, "cannot be used now"),
        ("redis://:sesame-open@127.0.0.1/0", InputError, "expected `postgresql://user:password@"),
    ):
        with pytest.raises(kind) as caught:
            PostgresHistory(address).open("flow")
        assert words in str(caught.value)
        assert "-open" not in str(caught.value)
        assert "\n" not in str(caught.value)
