"""Suspect runs go on alone."""

from __future__ import annotations

import asyncio

from runtime_stubs.engines.room import Room


def test_a_suspect_run_waits_until_it_is_alone_and_keeps_others_out() -> None:
    inside: list[str] = []
    seen: list[tuple[str, ...]] = []

    async def stay(room: Room, name: str, *, alone: bool) -> None:
        async with room.enter(alone=alone):
            inside.append(name)
            seen.append(tuple(inside))
            await asyncio.sleep(0.01)
            inside.remove(name)

    async def main() -> None:
        room = Room()
        async with asyncio.TaskGroup() as group:
            for number, alone in enumerate((False, False, True, False, True, False)):
                group.create_task(stay(room, str(number), alone=alone))
                await asyncio.sleep(0)

    asyncio.run(main())
    assert ("0", "1") in seen
    for company in seen:
        if {"2", "4"} & set(company):
            assert len(company) == 1
    assert len(seen) == 6


def test_who_gives_up_waiting_to_be_alone_lets_others_in() -> None:
    async def main() -> None:
        room = Room()
        async with room.enter(alone=False):
            waiting = asyncio.create_task(_enter_alone(room))
            await asyncio.sleep(0)
            late = asyncio.create_task(_enter(room))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait_for(late, 5)

    asyncio.run(main())


async def _enter_alone(room: Room) -> None:
    async with room.enter(alone=True):
        raise AssertionError("somebody else is inside")


async def _enter(room: Room) -> None:
    async with room.enter(alone=False):
        pass
