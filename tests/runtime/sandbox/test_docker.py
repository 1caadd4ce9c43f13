"""Code in containers; needs a Docker engine that has `python:3.11-slim`."""

import asyncio
import os
import time

import docker
import pytest

from runtime_stubs.errors import SandboxError
from runtime_stubs.sandbox.docker import IMAGE, _close, execute, run_code
from runtime_stubs.sandbox.limits import limits_for

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module", autouse=True)
def engine() -> None:
    """Fail early where there is no engine or no image; `make test` brings both."""
    docker.from_env().images.get(IMAGE)


def give(code: str, **inputs: object) -> object:
    return asyncio.run(run_code(code, inputs, preset="low"))


def refusal(code: str, **options: float) -> SandboxError:
    with pytest.raises(SandboxError) as failure:
        asyncio.run(run_code(code, {}, preset="low", **options))  # type: ignore[arg-type]
    return failure.value


def test_code_gives() -> None:
    assert give("import math\nresult = [math.sqrt(n), inputs['n'], json.dumps({})]", n=4) == [
        2.0,
        4,
        "{}",
    ]
    assert give("import os, sqlite3\nresult = {1: (os.getuid(), True)}") == {1: [65534, True]}
    assert give("result = 'x' * 1000000") == "x" * 1_000_000
    outcome = asyncio.run(execute("print('hello')", {}, limits_for("low")))
    assert (outcome.printed, outcome.has_result) == ("hello\n", False)


def test_code_is_told() -> None:
    assert refusal("x = 1").message == "the code did not set `result`"
    failure = refusal("x = 1\n1 / 0")
    assert (failure.kind, failure.message) == (
        "ZeroDivisionError",
        "line 2 of the code: ZeroDivisionError: division by zero",
    )
    assert refusal("x = = 1").message == "line 1 of the code: syntax error: invalid syntax"
    assert refusal("result = {1}").message.startswith("`result` is a `set`")
    assert (
        refusal("import os\nos._exit(0)").message
        == "the code was stopped, or gave more than it may"
    )


BLOCKED = {
    "network": "import socket\nsocket.create_connection(('1.1.1.1', 80), 3)",
    "name lookup": "import socket\nsocket.getaddrinfo('example.org', 80)",
    "write to the system": "open('/etc/x', 'w')",
    "write to the code": "open('/usr/lib/python3/x', 'w')",
    "read shadow": "open('/etc/shadow').read()",
    "become root": "import os\nos.setuid(0)",
    "raw socket": "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "mount": "import ctypes, os\nif ctypes.CDLL(None, use_errno=True).mount(b'x', b'/tmp', b'tmpfs', 0, 0): raise OSError(ctypes.get_errno())",
    "engine": "open('/var/run/docker.sock')",
    "run from tmp": (
        "import os, shutil, subprocess\nshutil.copy('/bin/true', '/tmp/t')\n"
        "os.chmod('/tmp/t', 0o777)\nsubprocess.check_call(['/tmp/t'])"
    ),
    "fork bomb": "import os, time\nfor _ in range(200):\n    if os.fork() == 0:\n        time.sleep(30)",
    "fill tmp": "with open('/tmp/big', 'wb') as f:\n    while True: f.write(b'x' * 10**6)",
    "device": "open('/dev/sda', 'rb')",
    "kernel": "open('/proc/sys/kernel/hostname', 'w').write('x')",
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKED)
def test_the_container_refuses(name: str) -> None:
    failure = refusal(f"{BLOCKED[name]}\nresult = 'won'")
    assert failure.kind.lower().endswith("error"), failure.message


def test_time_is_limited() -> None:
    give("result = 1")
    started = time.monotonic()
    failure = refusal("while True: pass", timeout=0.5)
    assert (failure.kind, failure.message) == ("TimeoutError", "the code took longer than 0.5 s")
    assert time.monotonic() - started < 10


def test_memory_is_limited() -> None:
    assert refusal("x = 'x' * (1 << 30)\nresult = 1").kind == "MemoryError"


def test_output_is_limited() -> None:
    assert "more than it may" in refusal("result = 'x' * (20 << 20)").message


def test_executions_share_nothing() -> None:
    give("open('/tmp/left', 'w').write('x')\nresult = 1")
    assert give("import os\nresult = os.listdir('/tmp')") == []


def test_many_at_once() -> None:
    async def crowd() -> list[object]:
        return await asyncio.gather(
            *(run_code("result = n", {"n": n}, preset="low") for n in range(6))
        )

    assert asyncio.run(crowd()) == list(range(6))


def test_a_missing_image_is_told() -> None:
    with pytest.raises(SandboxError, match="docker pull no-such-image:1"):
        asyncio.run(run_code("result = 1", {}, image="no-such-image:1"))


def test_a_missing_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(SandboxError, match="Docker cannot be used"):
        asyncio.run(run_code("result = 1", {}, memory=77))


def test_nothing_is_left_behind() -> None:
    give("result = 1")
    for _ in range(100):
        _close()
        left = docker.from_env().containers.list(
            all=True, sparse=True, filters={"label": f"agentc.process={os.getpid()}"}
        )
        if not left:
            break
        time.sleep(0.2)
    assert left == []
