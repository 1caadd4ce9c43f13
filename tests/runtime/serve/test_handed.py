"""What the registry knows of runs that workers do."""

import asyncio

from runtime_stubs.errors import PendingQuestion
from runtime_stubs.serve.handed import HandedRuns
from runtime_stubs.serve.record import Draft
from runtime_stubs.serve.registry import MAX_ATTEMPTS, Registry
from tests.runtime.serve.test_registry import Open, open_runs

__all__ = ["open_runs"]


def test_a_handed_run_waits_until_a_worker_begins_it(open_runs: Open) -> None:
    async def check() -> None:
        registry = Registry(open_runs())
        handed = HandedRuns(registry)
        first, _ = await registry.add(Draft(inputs={"n": 1}))
        second, _ = await registry.add(Draft(inputs={"n": 2}))
        taken, other = await handed.next(), await handed.next()
        assert taken is not None
        assert other is not None
        assert (taken.id, taken.status, taken.turn) == (first, "queued", 1)
        assert await handed.next() is None
        await handed.begun([taken])
        assert await registry.counts() == {"queued": 1, "running": 1}

        # However often the server starts again: what the queue calls a run stays the same.
        for _ in range(MAX_ATTEMPTS + 1):
            await registry.close()
            registry = Registry(open_runs())
            handed = HandedRuns(registry)
            left = await handed.left(())
            assert [(each.id, each.status, each.turn) for each in left] == [
                (first, "running", 1),
                (second, "queued", 1),
            ]
            assert await handed.next() is None
        assert [each.id for each in await handed.left({first})] == [second]

        assert await registry.cancel(second)
        await registry.end(other, "finished", {"state": "late"})
        ended = await registry.get(second)
        assert ended is not None
        assert ended.status == "cancelled"
        question = PendingQuestion("q", "ask", "Well?", deadline=1.0)
        await registry.end(taken, "paused", {}, [question])
        await handed.begun([taken])  # what is heard late
        assert await registry.counts() == {"paused": 1}
        again = await handed.next()
        assert again is not None
        assert (again.id, again.turn) == (first, 2), "its time is up"
        assert await registry.try_again(again)
        third = await handed.next()
        assert third is not None
        assert third.turn == 3
        # A package that was built anew without an engine does it itself.
        assert await registry.recover() == 1
        assert (await registry.take()) is not None
        await registry.close()

    asyncio.run(check())
