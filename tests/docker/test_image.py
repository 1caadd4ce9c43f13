"""Finished images: what runs in them, what is in them, and how large they are."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import docker
from tests.support.fake_llm import FakeLLM, Step
from tests.support.project import Project

pytestmark = [pytest.mark.docker, pytest.mark.slow]

Image = Callable[..., str]
HARDENED = (
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
)
PAUSED = 4


def start(
    image: str, *command: str, options: tuple[str, ...] = (), fake: FakeLLM | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a container that can change nothing of its file system but /tmp and volumes."""
    env = fake.env() if fake else {}
    given = [f"--env={name}={value}" for name, value in env.items()]
    network = "host" if fake else "none"
    line = ["run", "--rm", f"--network={network}", *HARDENED, *given, *options, image, *command]
    return docker.run(*line, check=False)


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stdout + done.stderr
    state = json.loads(done.stdout)
    assert isinstance(state, dict)
    return state


def asked(fake: FakeLLM) -> list[tuple[str, object]]:
    """Where the requests went and what they said."""
    return [(request.path, request.body) for request in fake.requests]


@pytest.mark.parametrize("target", ["distroless", "slim"])
@pytest.mark.parametrize("stream", [(), ("--stream",)], ids=["whole", "streamed"])
def test_four_providers_are_asked_as_outside(
    target: str,
    stream: tuple[str, ...],
    image: Image,
    project: Callable[[str], Project],
    fake_llm: FakeLLM,
    volume: str,
) -> None:
    """What is cut, and docstrings that are not there, change nothing of what goes over the wire."""
    command = ("run", "-i", "topic=tea", "--json", *stream)
    options = (f"--volume={volume}:/home/agent",)
    inside = start(image("plain", target), *command, options=options, fake=fake_llm)
    state, requests = answer(inside), asked(fake_llm)
    assert [request.provider for request in fake_llm.requests] == [
        "anthropic",
        "gemini",
        "ollama",
        "openai",
    ]
    assert "traces" not in inside.stderr.replace("/traces/", ""), "the traces are kept"
    traces = start(image("plain", target), "traces", options=options)
    assert "4 model calls" in traces.stdout, traces.stderr
    fake_llm.reset()
    outside = project("plain").run(*command, env=fake_llm.env())
    assert answer(outside) == state
    assert asked(fake_llm) == requests


def test_without_network_and_volume(image: Image) -> None:
    """Made-up answers need nothing; traces that have no place are told about, and not missed."""
    done = start(image("plain"), "run", "-i", "topic=tea", "--json", "--simulate")
    assert "simulated" in str(answer(done)["text"])
    assert "traces cannot be written" in done.stderr


def test_a_saved_run_goes_on_in_another_container(
    image: Image, fake_llm: FakeLLM, volume: str
) -> None:
    """Its code node runs in a process of its own, without Python's sources and without a shell."""
    options = (f"--volume={volume}:/home/agent",)
    fake_llm.always(Step(text="one two three four"))
    first = start(
        image("served"), "run", "-i", "topic=tea", "--thread=t", options=options, fake=fake_llm
    )
    assert first.returncode == PAUSED, first.stderr
    done = start(
        image("served"),
        "resume",
        "--thread=t",
        "--answer=yes",
        "--json",
        options=options,
        fake=fake_llm,
    )
    state = answer(done)
    assert (state["words"], state["decision"]) == (2, "yes")
    assert len(fake_llm.requests) == 1


def test_failures_name_places(image: Image, fake_llm: FakeLLM) -> None:
    """The line of the workflow file, lines of the package, and lines of libraries whose source is not there."""
    command = ("run", "-i", "topic=tea", "-i", "parts=0", "--verbose")
    options = ("--tmpfs=/home/agent:uid=10001",)
    done = start(image("served"), *command, options=options, fake=fake_llm)
    assert done.returncode == 1
    assert "error: node `count` (served.yaml:" in done.stderr
    assert 'site-packages/image_served/nodes.py", line ' in done.stderr
    assert "await run_code(code.COUNT" in done.stderr
    assert 'site-packages/langgraph/pregel/main.py", line ' in done.stderr
    assert '/asyncio/runners.py", line ' in done.stderr


def test_a_server_is_healthy(image: Image, volume: str) -> None:
    command = ["run", "--detach", *HARDENED, "--publish=127.0.0.1::8000", "--env=AGENTC_API_KEY=k"]
    name = docker.run(*command, f"--volume={volume}:/home/agent", image("served")).stdout.strip()
    try:
        health = ""
        for _ in range(60):
            found = docker.run("inspect", "--format={{json .State}}", name).stdout
            health = json.loads(found).get("Health", {}).get("Status", "")
            if health == "healthy" or '"Running":false' in found:
                break
            time.sleep(1)
        said = docker.run("logs", name, check=False)
        assert health == "healthy", said.stdout + said.stderr
        docker.run("stop", "--time=20", name)
        ended = json.loads(docker.run("inspect", "--format={{json .State}}", name).stdout)
        assert ended["ExitCode"] == 0, "a stop is no failure"
    finally:
        docker.run("rm", "--force", "--volumes", name)


def test_what_is_declared(image: Image) -> None:
    """A health check and a port only where there is a server; never root."""
    plain, served = (_configuration(image(name)) for name in ("plain", "served"))
    assert (plain["User"], plain["Cmd"]) == ("10001:10001", ["--help"])
    assert "Healthcheck" not in plain and not plain.get("ExposedPorts")
    assert served["Cmd"] == ["serve", "--host", "0.0.0.0"]
    assert "Healthcheck" in served and list(served["ExposedPorts"]) == ["8000/tcp"]


def _configuration(image: str) -> dict[str, Any]:
    found = json.loads(docker.run("image", "inspect", image).stdout)[0]["Config"]
    assert isinstance(found, dict)
    return found


def layers(image: str) -> list[bytes]:
    """The layers of an image, as archives; docker-archive names the file of each."""
    saved = subprocess.run([docker.command(), "save", image], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(saved.stdout)) as archive:
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        names = json.load(manifest)[0]["Layers"]
        return [file.read() for name in names if (file := archive.extractfile(name)) is not None]


def files(image: str) -> dict[str, tarfile.TarInfo]:
    found: dict[str, tarfile.TarInfo] = {}
    for layer in layers(image):
        with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
            found.update({f"/{member.name}": member for member in archive})
    return found


def test_nothing_useless_is_inside(image: Image) -> None:
    found = files(image("plain"))
    names = set(found)
    programs = {name for name, each in found.items() if each.isfile() and each.mode & 0o111}
    programs = {name for name in programs if ".so" not in name and "/bin/" in name}
    assert len(programs) == 1 and "python3" in programs.pop(), "the interpreter and no shell"
    tops = {
        name.split("/site-packages/")[1].split("/")[0]
        for name in names
        if "/site-packages/" in name
    }
    assert not tops & {"pip", "setuptools", "wheel", "pytest", "boto3", "botocore"}
    assert not [name for name in names if name.endswith((".js", ".css", ".html"))]
    assert not [name for name in names if "/tests/" in name and "site-packages" in name]
    assert not [name for name, each in found.items() if each.mode & 0o6000], "no setuid programs"
    assert not [name for name, each in found.items() if each.isfile() and each.uid != 0]
    assert found["/home/agent"].uid == 10001


def test_sizes(image: Image) -> None:
    """The promise, for an agent with LangGraph, LiteLLM and traces for MLflow."""
    distroless, slim = layers(image("plain")), layers(image("plain", "slim"))
    unpacked = sum(
        member.size
        for layer in distroless
        for member in tarfile.open(fileobj=io.BytesIO(layer))  # noqa: SIM115
    )
    assert unpacked <= 110e6
    assert _compressed(distroless) <= 45e6
    assert _compressed(slim) <= 85e6


def _compressed(found: list[bytes]) -> int:
    return sum(len(gzip.compress(layer, 6)) for layer in found)


def test_builds_are_reproducible(image: Image, project: Callable[[str], Project]) -> None:
    """A second build, with nothing taken from the first, makes the same layers byte for byte."""
    wanted = [hashlib.sha256(layer).hexdigest() for layer in layers(image("plain"))]
    tag = f"agentc-test/again:{os.getpid()}"
    docker.build(project("plain").folder, tag, "--no-cache")
    try:
        assert [hashlib.sha256(layer).hexdigest() for layer in layers(tag)] == wanted
    finally:
        docker.run("image", "rm", "--force", tag)
