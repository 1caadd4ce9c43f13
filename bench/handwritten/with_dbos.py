"""A worker on DBOS as a careful engineer writes it: `python -m bench.handwritten.with_dbos worker N|fill`."""

import asyncio
import os
import sys
import time
from typing import Any

from dbos import DBOS, DBOSClient

from bench.handwritten.queued import opened

QUEUE = "bench"


def url() -> str:
    """Return the address of the database."""
    return os.environ["BENCH_DATABASE"].replace("postgresql://", "postgresql+psycopg://", 1)


async def work(concurrency: int) -> None:
    """Take runs until killed."""
    async with opened() as runs:
        DBOS(
            config={
                "name": QUEUE,
                "system_database_url": url(),
                "executor_id": f"worker-{os.getpid()}",
                "application_version": "1",
                "log_level": "ERROR",
            }
        )

        @DBOS.workflow(name="run")
        async def run(topic: str) -> dict[str, Any]:
            id = DBOS.workflow_id
            assert id is not None
            return await DBOS.run_step_async({"name": "graph"}, runs.once, id, topic)

        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE, worker_concurrency=concurrency, polling_interval_sec=0.2
        )
        print("ready", file=sys.stderr, flush=True)
        await asyncio.Event().wait()


def fill(client: DBOSClient, count: int) -> float:
    """Submit runs and wait for their ends; return the seconds."""
    mark = os.urandom(4).hex()
    begun = time.perf_counter()
    ids = [f"{mark}-{number}" for number in range(count)]
    for id in ids:
        client.enqueue({"queue_name": QUEUE, "workflow_name": "run", "workflow_id": id}, id)
    while True:
        ended = client.list_workflows(
            workflow_id_prefix=f"{mark}-", status="SUCCESS", load_input=False, load_output=True
        )
        if len(ended) == count:
            return time.perf_counter() - begun
        time.sleep(0.5)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        asyncio.run(work(int(sys.argv[2])))
    else:
        client = DBOSClient(system_database_url=url(), application_name=QUEUE)
        for line in sys.stdin:
            print(fill(client, int(line)), flush=True)
