"""`python driver.py JOBS`: runs the `ainvoke` of programs one after the other and prints what they took as JSON.

It runs in the environment of the measured programs and imports nothing else of the benchmarks.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TypedDict


class Job(TypedDict):
    """A program below `path`: run once to warm up, then `runs` times, `together` at a time."""

    module: str
    path: str
    env: dict[str, str]
    inputs: dict[str, object]
    runs: int
    together: int


def memory() -> float:
    """Return the memory in use now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 2**20


async def measure(job: Job) -> dict[str, object]:
    """Do one job; times in seconds, memory in MB."""
    sys.path.insert(0, job["path"])
    os.environ.update(job["env"])
    sys.modules.pop(job["module"], None)
    program = importlib.import_module(job["module"])
    await program.ainvoke(job["inputs"])
    warm = memory()
    walls: list[float] = []
    begun = time.process_time()
    for _ in range(job["runs"]):
        at = time.perf_counter()
        await asyncio.gather(*(program.ainvoke(job["inputs"]) for _ in range(job["together"])))
        walls.append(time.perf_counter() - at)
    cpu = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"walls": walls, "cpu": cpu, "warm": warm, "peak": peak}


async def measure_all(jobs: list[Job]) -> list[dict[str, object]]:
    """Do all jobs in one event loop."""
    return [await measure(job) for job in jobs]


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    print(json.dumps(asyncio.run(measure_all(json.loads(text)))))
