"""`python driver.py`: reads jobs from stdin, one as JSON per line, and answers each with what it took.

It runs in the environment of the measured programs and imports nothing else of the benchmarks.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any, TypedDict


class Job(TypedDict):
    """Call `ainvoke` of a module below `path` in `runs` rounds of `together` calls at the same time.

    `vary`: the input that is made different in each call, for programs that remember answers; or "".
    """

    module: str
    path: str
    env: dict[str, str]
    inputs: dict[str, object]
    vary: str
    runs: int
    together: int


log = logging.getLogger(__name__)
_programs: dict[str, Any] = {}


def memory() -> float:
    """Return the memory in use now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 2**20


def load(job: Job) -> Any:
    """Import a program; again if its environment is another one."""
    key = json.dumps([job["module"], job["env"]])
    if key not in _programs:
        os.environ.update(job["env"])
        sys.path.insert(0, job["path"])
        sys.modules.pop(job["module"], None)
        _programs[key] = importlib.import_module(job["module"])
    return _programs[key]


async def measure(job: Job, number: int) -> dict[str, object]:
    """Do one job; times in seconds, memory in MB."""
    ainvoke = load(job).ainvoke
    before = memory()
    walls: list[float] = []
    cpu = 0.0
    for round in range(job["runs"]):
        inputs = job["inputs"]
        if job["vary"]:
            inputs = {**inputs, job["vary"]: f"{inputs[job['vary']]} ({number}.{round})"}
        at, begun = time.perf_counter(), time.process_time()
        await asyncio.gather(*(ainvoke(inputs) for _ in range(job["together"])))
        walls.append(time.perf_counter() - at)
        cpu += time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"walls": walls, "cpu": cpu, "before": before, "peak": peak}


async def serve() -> None:
    """Do jobs in one event loop until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what programs print is no answer
    number = 0
    while line := await asyncio.to_thread(sys.stdin.readline):
        number += 1
        try:
            answer = await measure(json.loads(line), number)
        except Exception:  # whatever it is, other jobs go on
            log.exception("job %d", number)
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    asyncio.run(serve())
