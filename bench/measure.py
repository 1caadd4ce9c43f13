"""Runs programs and times them: CPU seconds of the process and its children, and wall seconds."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
# Bytecode is kept between runs, as installed programs have it, but outside of the working tree.
BYTECODE = Path(tempfile.gettempdir()) / "agentc-bench-bytecode"


@dataclass(frozen=True, slots=True)
class Sample:
    """One execution; times in seconds, memory in MB (the peak of the largest process)."""

    cpu: float
    wall: float
    memory: float = 0.0


@dataclass(frozen=True, slots=True)
class Samples:
    """All executions of one program. The least CPU time is the one that was disturbed least."""

    all: tuple[Sample, ...]

    @property
    def cpu(self) -> float:
        """The least CPU time."""
        return min(each.cpu for each in self.all)

    @property
    def wall(self) -> float:
        """The median wall time."""
        return median(each.wall for each in self.all)

    @property
    def memory(self) -> float:
        """The least peak memory, in MB."""
        return min(each.memory for each in self.all)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of measured programs: bytecode allowed, nothing else of Python's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(BYTECODE),
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        **(more or {}),
    }


def execute(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    codes: Sequence[int] = (0,),
) -> tuple[Sample, str]:
    """Run a program to its end; return what it took and what it wrote to stdout.

    Raises:
        RuntimeError: it ended with another code than those of `codes`.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    # `wait4` gives the memory of this one process; getrusage only that of the largest so far.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(
            [*command], env=environment(env), cwd=cwd, stdout=out, stderr=err, text=True
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said, complaint = out.read(), err.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in codes:
        raise RuntimeError(f"{' '.join(command)[:200]}: exit {process.returncode}\n{complaint}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Sample(cpu, wall, usage.ru_maxrss / 1024), said


def compare(
    programs: Mapping[str, Callable[[], Sample]], repeats: int, *, warm: bool = True
) -> dict[str, Samples]:
    """Run several programs in turn, so that a busy moment of the machine meets all of them alike.

    Each runs once before, which fills caches and counts for nothing, unless `warm` says that they are filled.
    """
    found: dict[str, list[Sample]] = {name: [] for name in programs}
    for program in programs.values() if warm else ():
        program()
    for _ in range(repeats):
        for name, program in programs.items():
            found[name].append(program())
    return {name: Samples(tuple(samples)) for name, samples in found.items()}
