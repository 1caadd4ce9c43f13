"""`python filling.py PACKAGE`: for each number read, put so many runs into the queue, wait for their ends, print the seconds.

It runs in the environment of the measured programs and imports nothing else of the benchmarks.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import time
from typing import Any


async def fill(queue: Any, count: int) -> float:
    """Submit runs and wait for their ends; return the seconds."""
    mark = os.urandom(4).hex()
    begun = time.perf_counter()
    ids = [f"{mark}-{number}" for number in range(count)]
    for id in ids:
        order = {"id": id, "inputs": {"topic": id}, "simulate": False, "session": None}
        await queue.submit(order)
    ended = await asyncio.gather(*(queue.outcome(id) for id in ids))
    assert all(each["status"] == "finished" for each in ended)
    return time.perf_counter() - begun


async def serve(package: str) -> None:
    """Fill the queue as often as asked."""
    engine: Any = importlib.import_module(f"{package}.engine").ENGINE
    session: Any = importlib.import_module(f"{package}._runtime.engines.session")
    async with session.open_queue(engine) as queue:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(await fill(queue, int(line)), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
