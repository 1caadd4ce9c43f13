"""The registry of a server whose Redis loses its memory, or its patience."""

import asyncio

import pytest

from runtime_stubs.serve.archive import Archive, Happened
from runtime_stubs.serve.record import Draft
from runtime_stubs.serve.redis import RedisHistory
from runtime_stubs.serve.registry import Registry
from runtime_stubs.serve.store import StoreAway, Superseded
from tests.support.redis_server import RedisServer, redis_server


def test_what_redis_has_lost_it_is_told_again() -> None:
    async def check(server: RedisServer) -> None:
        registry = Registry(RedisHistory(server.url).open("flow"))
        archive = Archive(registry)
        run, _ = await registry.add(Draft(inputs={"n": 1}, key="k"))
        await archive.add({run: [Happened(n, "Told", {"n": n}) for n in range(1, 1200)]})
        server.kill()
        with pytest.raises(StoreAway, match="Redis at .* cannot be reached"):
            await registry.add(Draft(inputs={"n": 2}))
        assert await registry.counts() == {"queued": 1}
        server.start()  # without anything
        await registry.add(Draft(inputs={"n": 3}))
        await registry.close()
        registry = Registry(RedisHistory(server.url).open("flow"))
        taken = await registry.take()
        assert taken is not None
        assert (taken.id, taken.inputs) == (run, {"n": 1})
        assert len(await Archive(registry).events(run, 0, 5000)) == 1199
        assert await registry.add(Draft(inputs={}, key="k")) == (run, False)
        await registry.close()

    with redis_server() as server:
        asyncio.run(check(server))


def test_who_was_too_slow_for_redis_has_lost_its_runs(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        monkeypatch.setenv("AGENTC_WORKER_LEASE", "0.5")
        slow = RedisHistory(redis_url).open("slow")
        slow._beating.cancel()  # as if its host stood still
        registry = Registry(slow)
        await registry.add(Draft(inputs={}))
        held = await registry.take()
        assert held is not None
        other = Registry(await asyncio.to_thread(RedisHistory(redis_url).open, "slow"))
        assert await other.recover() == 1
        with pytest.raises(Superseded):
            await registry.end(held, "failed", {})
        assert registry.is_superseded
        assert await other.counts() == {"queued": 1}
        await other.close()
        await registry.close()

    asyncio.run(check())


@pytest.mark.parametrize("address", ["postgresql://u:sesame@h/x", "redis://u:sesame@127.0.0.1:1/0"])
def test_what_is_wrong_with_an_address_of_redis_is_said(address: str) -> None:
    with pytest.raises(StoreAway) as caught:
        RedisHistory(address).open("flow")
    assert "sesame" not in str(caught.value)
    assert "Redis" in str(caught.value)
