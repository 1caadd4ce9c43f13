"""A generated package with a queue, and its commands as processes that can be killed."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.fake_llm import FakeLLM
from tests.support.fake_llm.answers import text_for
from tests.support.project import ROOT, build_project, clean_environment

# A region of steps that wait for each other, a map in it, and a step that blocks nobody.
WORKFLOW = """
flow: {{name: {name}}}
state:
  topic: {{type: str, required: true}}
  topics: list[str]
  facts: str
  style: str
  findings: list[str]
  text: str
nodes:
  - {{id: outline, function: "./hooks.py:outline", outputs: [topics]}}
  - {{id: collect, prompt: "Facts about {{topic}}", outputs: [facts]}}
  - {{id: pick_style, prompt: "Style for {{topic}}", outputs: [style]}}
  - id: investigate
    prompt: "Investigate {{item}} with {{facts}}"
    foreach: {{in: state.topics, collect: findings}}
    outputs: [finding]
  - {{id: write, prompt: "Write {{findings}} as {{style}}", outputs: [text]}}
edges:
  - START -> outline -> [collect, pick_style]
  - collect -> investigate -> write
  - pick_style -> write
  - write -> END
config:
  llm: {{provider: openai, model: gpt-4o-mini}}
  execution: {{checkpoint: {database}, engine: {engine}}}
  observability: {{mlflow: {{enabled: false}}}}
"""
CALLS = 5
HOOKS = """
async def outline(topic: str) -> list[str]:
    return [f"{topic}, part {number}" for number in range(2)]
"""


def result_of(topic: str) -> dict[str, Any]:
    """Return the final state of a run with the fake server's answers."""
    topics = [f"{topic}, part {number}" for number in range(2)]
    facts, style = text_for(f"Facts about {topic}"), text_for(f"Style for {topic}")
    findings = [text_for(f"Investigate {each} with {facts}") for each in topics]
    listed = json.dumps(findings, separators=(",", ":"))
    text = text_for(f"Write {listed} as {style}")
    found = {"topic": topic, "topics": topics, "facts": facts, "style": style}
    return {**found, "findings": findings, "text": text}


@dataclass
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass
class Cluster:
    """The package; its commands run in `folder`."""

    folder: Path
    process: subprocess.Popen[str]
    numbers: Iterator[int] = field(default_factory=itertools.count)
    outputs: dict[int, Path] = field(default_factory=dict)
    alive: set[int] = field(default_factory=set)
    turns: threading.Lock = field(default_factory=threading.Lock)

    def start(self, *arguments: str) -> int:
        """Start a command and return its process id."""
        output = self.folder / f"{next(self.numbers)}-{arguments[0]}"
        output.with_suffix(".err").touch()
        pid = int(self._ask({"arguments": arguments, "output": str(output)}))
        self.outputs[pid] = output
        self.alive.add(pid)
        return pid

    def call(self, *arguments: str) -> Ended:
        """Execute a command."""
        return self.wait(self.start(*arguments))

    def ok(self, *arguments: str) -> str:
        """Execute a command that must succeed and return what it printed."""
        ended = self.call(*arguments)
        assert ended.code == 0, ended
        return ended.out

    def wait(self, pid: int) -> Ended:
        """Wait for the end of a command."""
        while (code := self._ask({"ended": pid})) == "no":
            time.sleep(0.05)
        self.alive.discard(pid)
        output = self.outputs[pid]
        return Ended(
            int(code),
            output.with_suffix(".out").read_text(),
            output.with_suffix(".err").read_text(),
        )

    def kill(self, pid: int, number: signal.Signals = signal.SIGKILL) -> Ended:
        """Send a signal that ends a command and wait for its end."""
        os.kill(pid, number)
        return self.wait(pid)

    def worker(self, *arguments: str) -> int:
        """Start a worker and wait until it takes runs."""
        pid = self.start("worker", *arguments)
        self.until(lambda: "takes runs" in self.outputs[pid].with_suffix(".err").read_text())
        return pid

    def queue(self) -> Mapping[str, Any]:
        """Return what `queue --json` says."""
        found: Mapping[str, Any] = json.loads(self.ok("queue", "--json"))
        return found

    def until(self, condition: Any, seconds: float = 120.0) -> None:
        """Wait until something is the case."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it never came to be"
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill what still runs."""
        for pid in list(self.alive):
            self.kill(pid)

    def _ask(self, order: Mapping[str, object]) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.turns:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().strip()


@contextmanager
def cluster(
    folder: Path,
    fake: FakeLLM,
    env: Mapping[str, str],
    workflow: str = WORKFLOW,
    hooks: str = HOOKS,
    with_server: bool = False,
    **words: str,
) -> Iterator[Cluster]:
    """Build a workflow with an engine and make its commands ready."""
    package, environment = _built(folder, fake, workflow, hooks, words, with_server=with_server)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.forked_commands", package],
        cwd=folder,
        env={**environment, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    made = Cluster(folder, process)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield made
    finally:
        made.stop()
        process.stdin.close()
        process.wait(30)


def run_in_process(folder: Path, fake: FakeLLM, rows: Path) -> list[dict[str, Any]]:
    """Run the workflow for the rows of a file in one process, without any engine; return the final states."""
    words = {"name": "undisturbed", "engine": "inprocess", "database": "none"}
    package, environment = _built(folder, fake, WORKFLOW, HOOKS, words)
    results = folder / "results.jsonl"
    files = ("--inputs", str(rows), "--output", str(results))
    subprocess.run(
        [sys.executable, "-m", package, "batch", *files, "--concurrency", "8"],
        cwd=folder,
        env=environment,
        check=True,
    )
    records = [json.loads(line) for line in results.read_text().splitlines()]
    return [each["state"] for each in sorted(records, key=lambda each: int(each["index"]))]


def _built(
    folder: Path,
    fake: FakeLLM,
    workflow: str,
    hooks: str,
    words: Mapping[str, str],
    *,
    with_server: bool = False,
) -> tuple[str, dict[str, str]]:
    """Build a workflow; return the package and the environment of its commands."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flow.yaml").write_text(workflow.format(**words))
    (folder / "hooks.py").write_text(hooks)
    project = build_project(folder / "flow.yaml", folder / "out", with_server=with_server)
    environment = clean_environment({"PYTHONPATH": f"{project.folder}:{ROOT}"})
    return project.package, environment | fake.env()
