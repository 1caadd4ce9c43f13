# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What commands do with a queue: open it, wait for room in it, read how a run ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from ..errors import NodeError, Paused, PendingQuestion, RuntimeFault, away
from .engine import RunFailed
from .registry import Registry

if TYPE_CHECKING:
    from .engine import Engine, Outcome, Queue

__all__ = ["QueueFull", "open_queue", "open_registry", "state_of", "wait_for_room"]

LOOKING = 1.0  # seconds between two looks whether there is room


class QueueFull(RuntimeFault):
    """More runs wait than may."""


class RunCancelled(RuntimeFault):
    """The run was cancelled."""


@asynccontextmanager
async def open_registry(engine: Engine) -> AsyncIterator[Registry]:
    """Open the tables that workers share, which are made if they are missing.

    Raises:
        StoreError: their database or that of the queue did not answer.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from .database import migrate

    database = engine.store.database()
    try:
        await asyncio.to_thread(migrate, database)
        yield Registry(database, engine.app.name)
    except SQLAlchemyError as error:
        raise away(getattr(error, "orig", None) or error) from error
    finally:
        await asyncio.to_thread(database.dispose)


@asynccontextmanager
async def open_queue(engine: Engine) -> AsyncIterator[Queue]:
    """Open the queue."""
    async with open_registry(engine) as registry, engine.open(registry) as queue:
        yield queue


async def wait_for_room(queue: Queue, limit: int, patience: float) -> None:
    """Wait until less than `limit` runs wait; raise QueueFull after `patience` seconds."""
    until = time.monotonic() + patience
    while (waiting := (await queue.counts()).waiting) >= limit:
        if time.monotonic() >= until:
            raise QueueFull(
                f"{waiting} runs wait already, {limit} may: start more workers, raise "
                "`--max-queue`, or wait for room with `--patience SECONDS`"
            )
        await asyncio.sleep(LOOKING)


def state_of(id: str, outcome: Outcome) -> Mapping[str, object]:
    """Return the final state of a run that has finished; raise what ended any other."""
    found = cast(Mapping[str, Any], outcome)
    match found["status"]:
        case "finished":
            return cast(Mapping[str, object], found["state"])
        case "paused":
            raise Paused(id, [_question(each) for each in found.get("pending", [found])])
        case "cancelled":
            raise RunCancelled("the run was cancelled")
    failed = RunFailed(found["error"])
    node = failed.data.get("node")
    if node is None:
        raise failed
    raise NodeError(str(node), cast(str | None, failed.data.get("place")), failed)


def _question(asked: Mapping[str, Any]) -> PendingQuestion:
    return PendingQuestion(asked.get("id", ""), asked["node"], asked["ask"], asked["choices"])
