"""A worker on Temporal as a careful engineer writes it: `python -m bench.handwritten.with_temporal worker N|fill`."""

import asyncio
import os
import sys
import time
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from bench.handwritten.queued import opened

QUEUE = "bench"


@workflow.defn(name="run")
class Run:
    """One run."""

    @workflow.run
    async def run(self, topic: str) -> dict[str, Any]:
        """Have it run by an activity."""
        found: dict[str, Any] = await workflow.execute_activity(
            "graph",
            topic,
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=15),
        )
        return found


async def client() -> Client:
    """Connect."""
    return await Client.connect(os.environ["TEMPORAL_ADDRESS"])


async def work(concurrency: int) -> None:
    """Take runs until killed."""
    async with opened() as runs:

        @activity.defn(name="graph")
        async def graph(topic: str) -> dict[str, Any]:
            id = activity.info().workflow_id
            assert id is not None
            running = asyncio.create_task(runs.once(id, topic))
            while not running.done():
                activity.heartbeat()
                await asyncio.wait([running], timeout=5)
            return await running

        worker = Worker(
            await client(),
            task_queue=QUEUE,
            workflows=[Run],
            activities=[graph],
            max_concurrent_activities=concurrency,
        )
        print("ready", file=sys.stderr, flush=True)
        await worker.run()


async def fill(server: Client, count: int) -> float:
    """Submit runs and wait for their ends; return the seconds."""
    mark = os.urandom(4).hex()
    begun = time.perf_counter()
    handles = [
        await server.start_workflow(Run.run, id, id=id, task_queue=QUEUE)
        for id in (f"{mark}-{number}" for number in range(count))
    ]
    await asyncio.gather(*(handle.result() for handle in handles))
    return time.perf_counter() - begun


async def serve() -> None:
    """Fill the queue as often as asked."""
    server = await client()
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(await fill(server, int(line)), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        asyncio.run(work(int(sys.argv[2])))
    else:
        asyncio.run(serve())
