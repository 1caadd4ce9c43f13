# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The leases of one worker, asked without blocking its event loop; see `registry.Registry`."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ..errors import away
from .registry import HOLDS, RELEASE, TAKE, Lease

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg.rows import DictRow
    from psycopg_pool import AsyncConnectionPool

    from .registry import Registry

    _Pool: TypeAlias = "AsyncConnectionPool[AsyncConnection[DictRow]]"

__all__ = ["Leases", "PostgresLeases", "ThreadLeases"]

_NAME = re.compile(r"(?<!:):(\w+)")
# Committed without waiting for the disk, as all that `Registry` writes.
_FAST = "WITH done AS ({}) SELECT done.* FROM done, set_config('synchronous_commit', 'off', true)"


class Leases(Protocol):
    """The leases of one worker."""

    async def take(self, run: str, worker: str) -> Lease | None:
        """Take a run, unless a worker that is alive holds it."""

    async def holds(self, lease: Lease) -> bool:
        """Return whether nobody has taken the run since."""

    async def release(self, lease: Lease) -> None:
        """Give a run back; does nothing if another has taken it."""


@dataclass(frozen=True)
class ThreadLeases:
    """The leases of a registry, asked in threads."""

    registry: Registry

    async def take(self, run: str, worker: str) -> Lease | None:
        """Take a run, unless a worker that is alive holds it."""
        return await asyncio.to_thread(self.registry.take, run, worker)

    async def holds(self, lease: Lease) -> bool:
        """Return whether nobody has taken the run since."""
        return await asyncio.to_thread(self.registry.holds, lease)

    async def release(self, lease: Lease) -> None:
        """Give a run back; does nothing if another has taken it."""
        await asyncio.to_thread(self.registry.release, lease)


class PostgresLeases:
    """The same over connections of the event loop: a run asks five times, and threads cost more."""

    def __init__(self, pool: _Pool, registry: Registry) -> None:
        self._pool = pool
        self._registry = registry
        self._take = _FAST.format(_for_psycopg(registry.written(TAKE)))
        self._holds = _for_psycopg(HOLDS)
        self._release = _FAST.format(_for_psycopg(f"{RELEASE} RETURNING run"))

    async def take(self, run: str, worker: str) -> Lease | None:
        """Take a run, unless a worker that is alive holds it."""
        name, token = self._registry.name_of(run), os.urandom(8).hex()
        values = {"run": name, "flow": self._registry.flow, "id": worker, "token": token}
        found = await self._ask(self._take, values)
        return Lease(name, token, int(str(found["deaths"]))) if found else None

    async def holds(self, lease: Lease) -> bool:
        """Return whether nobody has taken the run since."""
        return await self._ask(self._holds, _values(lease)) is not None

    async def release(self, lease: Lease) -> None:
        """Give a run back; does nothing if another has taken it."""
        await self._ask(self._release, _values(lease))

    async def _ask(self, sql: str, values: Mapping[str, str]) -> Mapping[str, object] | None:
        from psycopg import OperationalError

        try:
            async with self._pool.connection() as connection:
                return await (await connection.execute(sql.encode(), values)).fetchone()
        except OperationalError as error:
            raise away(error) from error


def _values(lease: Lease) -> Mapping[str, str]:
    return {"run": lease.run, "token": lease.token}


def _for_psycopg(sql: str) -> str:
    """Return a statement with the values written as psycopg has them."""
    return _NAME.sub(r"%(\1)s", sql)
