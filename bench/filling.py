"""`python filling.py PACKAGE COUNT`: fill the queue of a generated package, wait for all ends, print the seconds.

It runs in the environment of the measured programs and imports nothing else of the benchmarks.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import time
from typing import Any


async def fill(package: str, count: int) -> float:
    """Submit runs and wait for their ends; return the seconds."""
    engine: Any = importlib.import_module(f"{package}.engine").ENGINE
    session: Any = importlib.import_module(f"{package}._runtime.engines.session")
    mark = os.urandom(4).hex()
    async with session.open_queue(engine) as queue:
        begun = time.perf_counter()
        ids = [f"{mark}-{number}" for number in range(count)]
        for id in ids:
            order = {"id": id, "inputs": {"topic": id}, "simulate": False, "session": None}
            await queue.submit(order)
        ended = await asyncio.gather(*(queue.outcome(id) for id in ids))
        assert all(each["status"] == "finished" for each in ended)
        return time.perf_counter() - begun


if __name__ == "__main__":
    print(asyncio.run(fill(sys.argv[1], int(sys.argv[2]))))
