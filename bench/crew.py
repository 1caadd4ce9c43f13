"""The workers of one queue and the program that fills it, which stand still while others are measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.measure import ROOT, environment

SETTLING = 1.0  # seconds for what programs do when they begin or go on


@dataclass(frozen=True)
class Taken:
    """What some runs took: wall seconds, CPU seconds of all workers, the memory of one in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Crew:
    """Processes that have begun."""

    workers: Sequence[subprocess.Popen[str]]
    filling: subprocess.Popen[str]

    def take(self, runs: int) -> Taken:
        """Have runs done while nobody else works."""
        self._signal(signal.SIGCONT)
        time.sleep(SETTLING)
        before = self._cpu()
        wall = self._fill(runs)
        taken = Taken(wall, self._cpu() - before, max(_memory(each.pid) for each in self.workers))
        self.stand_still()
        return taken

    def stand_still(self) -> None:
        """Use no CPU any more."""
        self._signal(signal.SIGSTOP)

    def _fill(self, runs: int) -> float:
        assert self.filling.stdin is not None
        assert self.filling.stdout is not None
        self.filling.stdin.write(f"{runs}\n")
        self.filling.stdin.flush()
        said = self.filling.stdout.readline()
        if not said:
            raise RuntimeError(f"{self.filling.args!r} has ended")
        return float(said)

    def _cpu(self) -> float:
        return sum(_cpu(each.pid) for each in self.workers)

    def _signal(self, number: signal.Signals) -> None:
        for each in (*self.workers, self.filling):
            each.send_signal(number)


@contextmanager
def crew(
    worker: list[str], sign: str, fill: list[str], count: int, env: Mapping[str, str], folder: Path
) -> Iterator[Crew]:
    """Start workers, which write `sign` when they are ready, and what fills their queue; kill them afterwards."""
    settings = environment({**env, "PYTHONPATH": f"{folder}:{ROOT}"})
    with ExitStack() as stack:
        workers: list[subprocess.Popen[str]] = []
        # The first one makes the tables: by hand nothing keeps others from making them at the same time.
        for together in (1, count - 1):
            new = [stack.enter_context(_started(worker, settings, folder)) for _ in range(together)]
            for each in new:
                assert each.stderr is not None
                _wait_for(sign, each.stderr)
            workers += new
            time.sleep(SETTLING)
        filling = stack.enter_context(_started(fill, settings, folder))
        yield Crew(workers, filling)


@contextmanager
def _started(
    arguments: list[str], env: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=env,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if "worker" in arguments else None,
        text=True,
    )
    with process:  # its end waits for the process
        try:
            yield process
        finally:
            process.kill()


def _wait_for(sign: str, lines: IO[str]) -> None:
    for line in lines:
        if sign in line:
            # A full pipe would stop it.
            threading.Thread(target=_pass_on, args=(lines,), daemon=True).start()
            return
    raise RuntimeError(f"a worker has ended before it said `{sign}`")


def _pass_on(lines: IO[str]) -> None:
    for line in lines:
        sys.stderr.write(line)


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Return the memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
