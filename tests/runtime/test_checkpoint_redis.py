"""What only Redis does to saved runs: servers that die, are not there, or forget."""

import asyncio
import contextlib
import logging
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from runtime_stubs.checkpoint_redis import RedisCheckpoints
from runtime_stubs.durable import DurableApp
from runtime_stubs.errors import NodeError, Paused, RuntimeFault, StoreError
from tests.runtime.test_app import Counting, State
from tests.support.fake_llm import FakeLLM, Step
from tests.support.project import ROOT, build_project
from tests.support.redis_server import RedisServer, redis_server

ON_DISK = ("--appendonly", "yes", "--appendfsync", "always")


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server(*ON_DISK) as started:
        yield started


def app_of(counting: Counting, url: str) -> DurableApp[State]:
    return DurableApp(
        **counting.settings(), checkpoints=RedisCheckpoints(url), graph_hash="one", max_steps=9
    )


def test_what_was_saved_survives_the_death_of_the_server(server: RedisServer) -> None:
    counting = Counting()
    counting.fail_at, counting.asks = 3, True
    app = app_of(counting, server.url)
    with pytest.raises(NodeError):
        asyncio.run(app.arun({"goal": 4}, thread="t"))
    server.kill()
    server.start()
    with pytest.raises(Paused):
        asyncio.run(app.aresume("t"))
    server.kill()
    server.start()
    assert asyncio.run(app.aresume("t", ["yes"])) == {"answer": "yes", "count": 4}
    assert len(counting.runs) == 5


def test_a_run_goes_on_when_the_server_starts_anew_meanwhile(server: RedisServer) -> None:
    counting = Counting()
    counting.seconds = 0.3
    app = app_of(counting, server.url)

    async def main() -> State:
        run = asyncio.create_task(app.arun({"goal": 3}, thread="t"))
        while len(counting.runs) < 2:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        return await run

    assert asyncio.run(main()) == {"count": 3}
    assert len(counting.runs) == 3


def test_a_run_that_is_forgotten_leaves_no_key(server: RedisServer) -> None:
    counting = Counting()
    counting.fail_at = 2
    app = app_of(counting, server.url)
    with pytest.raises(NodeError):
        asyncio.run(app.arun({"goal": 3}, thread="t"))
    with redis.from_url(server.url) as client:
        keys = client.keys()
        assert len(keys) == 4  # nothing was spent: no model was asked
        assert {key[: key.index(b"}") + 1] for key in keys} == {b"{agentc:run:counting/t}"}
        asyncio.run(app.forget("t"))
        assert client.keys() == []


def test_a_run_stays_on_one_server_of_a_cluster() -> None:
    """A server in cluster mode refuses commands and scripts whose keys could be on several."""
    cluster = ("--cluster-enabled", "yes", "--port", str(port_with_a_bus()))
    with redis_server(*ON_DISK, *cluster) as server, redis.from_url(server.url) as client:
        client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
        while client.cluster("INFO")["cluster_state"] != "ok":
            time.sleep(0.05)
        counting = Counting()
        counting.fail_at = 2
        app = app_of(counting, server.url)
        with pytest.raises(NodeError):
            asyncio.run(app.arun({"goal": 2}, thread="t"))
        assert asyncio.run(app.aresume("t")) == {"count": 2}
        asyncio.run(app.forget("t"))
        assert client.keys() == []


def port_with_a_bus() -> int:
    """Return a free port whose number plus 10,000, which a cluster's servers talk at, is free too."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            port = random.randrange(20_000, 30_000)
            with contextlib.suppress(OSError):
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + 10_000))
                return port


def test_a_step_adds_only_what_it_has_changed(server: RedisServer) -> None:
    app = app_of(Counting(), server.url)
    asyncio.run(app.arun({"goal": 4}, thread="t"))
    with redis.from_url(server.url) as client:
        fields = client.hkeys("{agentc:run:counting/t}:state")
    named = [field.decode().split("/")[2] for field in fields if field.startswith(b"v/")]
    assert named.count("goal") == 1
    assert named.count("count") == 4


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (("--save", "", "--appendonly", "no"), ["keeps nothing on disk", "appendonly yes"]),
        ((*ON_DISK, "--maxmemory-policy", "allkeys-lru"), ["allkeys-lru", "noeviction"]),
        (ON_DISK, []),
        (("--save", "60 1", "--rename-command", "CONFIG", ""), []),
    ],
)
def test_it_tells_once_of_settings_that_lose_runs(
    settings: tuple[str, ...], told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with redis_server(*settings) as server:
        for _ in range(2):
            asyncio.run(app_of(Counting(), server.url).forget("t"))
    assert len(caplog.messages) == bool(told)
    assert all(words in caplog.text for words in told)


def failure_at(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        asyncio.run(app_of(Counting(), url).arun({"goal": 1}))
    return caught.value.message


def test_a_server_that_is_not_there_is_named() -> None:
    assert "Redis at 127.0.0.1:1 cannot be reached" in failure_at("redis://:pass@127.0.0.1:1/0")


def test_passwords_are_not_told() -> None:
    with redis_server("--requirepass", "secret", "--save", "") as server:
        path = server.url.removeprefix("unix://")
        for url in (server.url, f"unix://:wrong@{path}"):
            told = failure_at(url)
            assert told == f"Redis at {path} does not take the user and password of the address"
        asyncio.run(app_of(Counting(), f"unix://:secret@{path}").arun({"goal": 1}))
    # A password with a character that must be quoted, as `%2F`, is cut apart by whoever reads it.
    for url in ("redis://:12/34@host:6379", "redis://:12#34@host", "redis://host:pass", "runs.db"):
        told = failure_at(url)
        assert told.startswith("what should be the address of Redis is none: expected redis://[")


def test_what_is_no_redis_is_told_so() -> None:
    program = (
        "import socketserver, sys\n"
        "class Web(socketserver.StreamRequestHandler):\n"
        "    def handle(self):\n"
        "        self.rfile.readline()\n"
        "        self.wfile.write(b'HTTP/1.0 400 Bad Request\\r\\n\\r\\n')\n"
        "server = socketserver.TCPServer(('127.0.0.1', 0), Web)\n"
        "print(server.server_address[1], flush=True)\n"
        "server.serve_forever()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as web:
        assert web.stdout is not None
        port = int(web.stdout.readline())
        told = failure_at(f"redis://127.0.0.1:{port}")
        web.kill()
    assert told == f"what listens at 127.0.0.1:{port} does not speak as Redis does"


def test_a_server_without_memory_fails_the_run_which_then_goes_on() -> None:
    with redis_server(*ON_DISK) as server:
        counting = Counting()
        app = app_of(counting, server.url)
        with redis.from_url(server.url) as client:
            client.config_set("maxmemory", 1)
            with pytest.raises(RuntimeFault, match="Redis at .* used memory > 'maxmemory'"):
                asyncio.run(app.arun({"goal": 2}, thread="t"))
            client.config_set("maxmemory", 0)
        assert asyncio.run(app.arun_once({"goal": 2}, thread="t")) == {"count": 2}


@pytest.mark.slow
def test_a_generated_package_pauses_and_goes_on(
    tmp_path: Path, fake_llm: FakeLLM, redis_url: str
) -> None:
    flow = build_project(ROOT / "golden/packages/saved_runs_redis/workflow.yaml", tmp_path / "out")
    fake_llm.script(Step(text="Hello"))
    env = {**fake_llm.env(), "REDIS_URL": redis_url}
    paused = flow.run("run", "-i", "topic=x", "--thread", "pausing", cwd=tmp_path, env=env)
    assert paused.returncode == 4, paused.stderr
    assert "Is this fine? Hello" in paused.stderr
    done = flow.answer("resume", "--thread", "pausing", "--answer", "yes", cwd=tmp_path, env=env)
    assert done == {"topic": "x", "text": "Hello", "verdict": "yes"}
    assert len(fake_llm.requests) == 1

    env["REDIS_URL"] = "redis://:hunter2@127.0.0.1:1/0"
    failed = flow.run("run", "-i", "topic=x", cwd=tmp_path, env=env)
    assert failed.returncode == 1
    assert "error: Redis at 127.0.0.1:1 cannot be reached" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "hunter2" not in failed.stderr
