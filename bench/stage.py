"""Where programs are measured: a folder, the server that answers their calls, and processes that run them in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.driver import Job
from bench.measure import ROOT, environment
from bench.report import PROGRAMS
from compiler import api
from tests.support.fake_llm.remote import FakeLLMProcess
from tests.support.fake_llm.script import Step

LATER = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
"""For generated packages: traces are made and kept, but nobody takes them while something else is measured."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the rounds of a job took: wall and CPU seconds of each, memory in MB before them and at most."""

    walls: tuple[float, ...]
    cpus: tuple[float, ...]
    before: float
    peak: float

    @property
    def wall(self) -> float:
        """The least wall time of a round: the one that was disturbed least."""
        return min(self.walls)

    @property
    def cpu(self) -> float:
        """The least CPU time of the jobs put together here."""
        return min(self.cpus)

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.walls + other.walls,
            self.cpus + other.cpus,
            self.before,
            max(self.peak, other.peak),
        )


class Program:
    """A process that does jobs."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    def run(self, job: Job) -> Taken:
        """Do a job.

        Raises:
            RuntimeError: the program failed; what it wrote is in the message.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        took: dict[str, Any] = (
            json.loads(line) if line else {"error": self._log.read_text("utf-8", "replace")}
        )
        if "error" in took:
            raise RuntimeError(f"{job['module']} failed: {took['error'][-2000:]}")
        return Taken(tuple(took["walls"]), (took["cpu"],), took["before"], took["peak"])


class Stage:
    """A folder with programs, the server that answers their calls, and the interpreter they run in."""

    def __init__(self, folder: Path, fake: FakeLLMProcess) -> None:
        self.folder = folder
        self.fake = fake
        home = os.environ.get(PROGRAMS)
        self.python = str(Path(home) / "bin" / "python") if home else sys.executable
        self._works = 0

    def answer(self, seconds: Mapping[str, float]) -> None:
        """Let prompts that start with `[name]` wait that long for their answers."""
        self.fake.reset()
        for name, delay in seconds.items():
            self.fake.always(Step(delay=delay), match=f"[{name}]")

    def generate(self, name: str, text: str) -> Path:
        """Build the text of a workflow; return the folder of its project."""
        return self.write(name, api.check_bytes(f"{name}.yaml", text.encode(), self.folder))

    def write(self, name: str, analysis: api.Analysis) -> Path:
        """Build a workflow; return the folder of its project."""
        out = self.folder / name
        built = api.build(analysis)
        if not built.files:
            raise RuntimeError(f"{name}: {analysis.diagnostics}")
        for path, file in built.files.items():
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")
        return out

    def new_work(self) -> Path:
        """Return an empty folder for a program to run in."""
        self._works += 1
        work = self.folder / f"work{self._works}"
        work.mkdir()
        return work

    @contextmanager
    def program(
        self, work: Path | None = None, env: Mapping[str, str] | None = None, *, ends: bool = False
    ) -> Iterator[Program]:
        """Start a process for jobs; it is killed at the end.

        Args:
            work: the folder it runs in; else a new one.
            env: more of its environment.
            ends: it may end by itself, which brings all its traces to disk.
        """
        work = work or self.new_work()
        log = work / "stderr.txt"
        with log.open("w") as errors:
            process = subprocess.Popen(
                [self.python, "-P", str(ROOT / "bench" / "driver.py")],
                env=environment({**self.fake.env(), **(env or {})}),
                cwd=work,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        try:
            yield Program(process, log)
            if ends:
                process.communicate(timeout=60)
        finally:
            process.kill()
            process.communicate()

    def in_turn(self, jobs: Sequence[Job], rounds: int) -> list[Taken]:
        """Do jobs in turn, each in a process of its own, so that a busy moment of the machine meets all alike.

        The first round fills caches and does not count.
        """
        with ExitStack() as stack:
            programs = [
                stack.enter_context(self.program(env=None if job["path"] == str(ROOT) else LATER))
                for job in jobs
            ]
            for program, job in zip(programs, jobs, strict=True):
                program.run({**job, "runs": 1, "together": 1})
            found = [program.run(job) for program, job in zip(programs, jobs, strict=True)]
            for _ in range(rounds - 1):
                for at, (program, job) in enumerate(zip(programs, jobs, strict=True)):
                    found[at] += program.run(job)
        return found


def job(
    module: str,
    inputs: Mapping[str, object],
    *,
    path: Path = ROOT,
    runs: int = 1,
    together: int = 1,
    env: Mapping[str, str] | None = None,
    vary: str = "",
) -> Job:
    """Return a job; a program written by hand lies in this repository, a generated one below `path`."""
    return Job(
        module=module,
        path=str(path),
        env=dict(env or {}),
        inputs=dict(inputs),
        vary=vary,
        runs=runs,
        together=together,
    )
