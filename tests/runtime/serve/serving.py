"""Generated packages that serve, each in a process of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.support.project import ROOT, Project, build_project, clean_environment

HOOKS = """
import asyncio, os, time

def log(*words: object) -> None:
    with open(os.environ.get("LOG", os.devnull), "a") as file:
        print(*words, file=file, flush=True)

async def think(question: str) -> str:
    log("think", question)
    nap = float(os.environ.get("NAP", "0")) if question.startswith("slow") else 0
    await asyncio.sleep(nap)
    if question == "bad":
        raise ValueError("no thought")
    if question == "die" and "NO_DEATH" not in os.environ:
        os._exit(9)
    return question.upper()

async def polish(answer: str) -> str:
    log("polish", answer)
    await asyncio.sleep(float(os.environ.get("NAP", "0")) if answer.startswith("SLOW") else 0)
    return answer + "!"
"""

PLAIN = """
flow: {name: plain, description: Thinks.}
state:
  question: {type: str, required: true, description: What to think about.}
  answer: str
nodes:
  - {id: think, function: "./hooks.py:think", outputs: [answer]}
  - {id: polish, function: "./hooks.py:polish", outputs: [answer]}
"""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def with_hooks(workflow: str) -> str:
    """Return a workflow of the documentation with functions that keep a log, not expressions."""
    function = "function: './hooks.py:{}', outputs: [answer]"
    assert "set: {answer: upper(question)}" in workflow
    changed = workflow.replace("set: {answer: upper(question)}", function.format("think"))
    return changed.replace("""set: {answer: 'answer + "!"'}""", function.format("polish"))


DURABLE = with_hooks(
    re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/guide/serving.md").read_text("utf-8"), re.DOTALL
    )[0]
)


def build(workflow: str, folder: Path, *, with_server: bool = False) -> Project:
    """Build a workflow whose functions are those of HOOKS."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flow.yaml").write_text(workflow)
    (folder / "hooks.py").write_text(HOOKS)
    return build_project(folder / "flow.yaml", folder / "out", with_server=with_server)


class Served:
    """What clients ask of a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, timeout=60)

    def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """POST an object."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, json=body or {}, headers=names)

    def ask(self, question: str, wait: float = 0, **headers: str) -> httpx.Response:
        """Start a run."""
        return self.post(f"/runs?wait={wait}", {"inputs": {"question": question}}, **headers)

    def run(self, run: str, wait: float = 60) -> dict[str, object]:
        """Return a run after it has ended."""
        found: dict[str, object] = self.client.get(f"/runs/{run}?wait={wait}").json()
        return found

    def events(self, run: str, after: int = 0) -> list[tuple[int, str, dict[str, object]]]:
        """Follow a run to its end."""
        found = []
        headers = {"Last-Event-ID": str(after)}
        with self.client.stream("GET", f"/runs/{run}/events", headers=headers) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            block: dict[str, str] = {}
            for line in response.iter_lines():
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    block[name] = value
                elif not line and block:
                    found.append(
                        (int(block.get("id", 0)), block["event"], json.loads(block["data"]))
                    )
                    block = {}
        return found


class Serving(Served):
    """A server in `folder`, which keeps its database, between the two ends of a `with` block."""

    def __init__(
        self, project: Project, folder: Path, *options: str, env: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(free_port())
        self.folder = folder
        more = {"PYTHONPATH": str(project.folder), "LOG": str(folder / "log"), **(env or {})}
        self._log = Path(more["LOG"])
        self._command = [sys.executable, "-m", project.package, "serve", "--port", str(self.port)]
        self._command += options
        self._env = clean_environment(more)

    def __enter__(self) -> Self:
        self._err = (self.folder / "stderr").open("a")
        self.process = subprocess.Popen(
            self._command, cwd=self.folder, env=self._env, stderr=self._err, text=True
        )
        deadline = time.monotonic() + 90
        while True:
            try:
                self.client.get("/health")
                return self
            except httpx.TransportError:
                assert self.process.poll() is None, self.messages()
                assert time.monotonic() < deadline, self.messages()
                time.sleep(0.1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.stop()
        self._err.close()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Stop the server and return its exit code."""
        self.process.send_signal(sign)
        return self.process.wait(timeout=60)

    def messages(self) -> str:
        """What the server has said on stderr."""
        return (self.folder / "stderr").read_text()

    def log(self) -> list[str]:
        """Return what the functions of the workflow have done."""
        return self._log.read_text().splitlines() if self._log.exists() else []


def wait_until(is_true: object, seconds: float = 60) -> None:
    """Wait until a function returns something true."""
    assert callable(is_true)
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
