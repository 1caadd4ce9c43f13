# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of a server on a Redis server, which many workflows may share; no module is needed.

Redis keeps the rows of the tables, in one hash each. The one server that has the runs works on a
copy in SQLite, so that the statements are those of the other databases; what a transaction has
changed is sent in one script, before it counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from ..environment import setting_text
from ..errors import InputError, RuntimeFault, StoreError
from ..redis_connection import connect
from .redis_copy import TABLES, Change, RedisCopy
from .store import StoreAway, Superseded, Transaction

__all__ = ["RedisHistory", "RedisRuns"]

T = TypeVar("T")
USUAL_LEASE = 15.0  # seconds
ROWS = 500  # that are sent or asked for at once

_TAKE = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return redis.call('PTTL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1])
return -1
"""
_OURS = """
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[1] then return 'taken' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1])
"""
_BEAT = f"{_OURS} return 'done'"
# A change that is sent twice is made twice, which is no other than once.
_CHANGE = f"""{_OURS}
local version = redis.call('GET', KEYS[3]) or ''
if version ~= ARGV[3] and version ~= ARGV[4] then return 'behind' end
redis.call('SET', KEYS[3], ARGV[4])
for i = 5, #ARGV, 3 do
  local rows = KEYS[4 + tonumber(ARGV[i])]
  if ARGV[i + 2] == '' then
    redis.call('HDEL', rows, ARGV[i + 1])
  else
    redis.call('HSET', rows, ARGV[i + 1], ARGV[i + 2])
  end
end
return 'done'
"""
_REPLACE = f"""{_OURS}
for i = 4, #KEYS do
  redis.call('DEL', KEYS[i])
  if redis.call('EXISTS', KEYS[i] .. ':new') == 1 then
    redis.call('RENAME', KEYS[i] .. ':new', KEYS[i])
  end
end
redis.call('SET', KEYS[3], ARGV[3])
return 'done'
"""
_LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


@dataclass(frozen=True, slots=True)
class RedisHistory:
    """The server at `url`, in which variables are filled in: `${env:NAME}`."""

    url: str

    def open(self, flow: str) -> RedisRuns:
        """Open it for the one server of a workflow; see `History.open` for what this raises."""
        return RedisRuns(setting_text(self.url), flow)


class RedisRuns:
    """The runs at an address, and the lease that only one server holds.

    It runs out after some seconds (those in the variable `AGENTC_WORKER_LEASE`) if its holder is
    dead. Who was only slow finds another owner and changes nothing any more.
    """

    def __init__(self, address: str, flow: str) -> None:
        self.flow = flow
        self._server = os.urandom(8).hex()
        self._lease = float(os.environ.get("AGENTC_WORKER_LEASE") or USUAL_LEASE)
        self._is_taken = False
        self._version = ""
        start = f"{{agentc:serve:{quote(flow, safe='')}}}:"
        self._keys = [f"{start}{name}" for name in ("lock", "owner", "version", *TABLES)]
        self._copy = RedisCopy()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = contextlib.AsyncExitStack()
        try:
            with _away():
                self._redis = self._wait(self._stack.enter_async_context(connect(address)))
            self._begin()
        except BaseException:
            self._end()
            raise
        self._beating = asyncio.run_coroutine_threadsafe(self._beat(), self._loop)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do something in one transaction."""
        with self._copy.transaction() as (statements, changes):
            result = work(statements)
            if found := changes():  # a look at what is there needs no server
                with _away():
                    self._send(found)
        if self._is_taken:
            raise self._superseded()
        return result

    def is_outage(self, error: BaseException) -> bool:
        """Return whether saving a run failed since the database was away; nodes fail otherwise."""
        # What saved runs raise in the middle has what the client has raised as its cause.
        return isinstance(error, StoreError) or (
            type(error) is RuntimeFault and error.__cause__ is not None
        )

    def close(self) -> None:
        """Let go of the lease."""
        self._beating.cancel()
        with contextlib.suppress(RuntimeFault):  # then it runs out
            self._wait(self._redis.run(_LEAVE, self._keys[:1], self._server))
        self._end()

    def _wait(self, answer: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(answer, self._loop).result()

    async def _beat(self) -> None:
        """Make the lease longer, long before it runs out."""
        while not self._is_taken:
            await asyncio.sleep(self._lease / 3)
            with contextlib.suppress(RuntimeFault):
                said = await self._redis.run(_BEAT, self._keys, *self._lease_values())
                self._is_taken = _text(said) == "taken"

    def _end(self) -> None:
        with contextlib.suppress(RuntimeFault):
            self._wait(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._copy.close()

    def _begin(self) -> None:
        """Take over the runs, unless a server that lives has them."""
        left, before = 0, 0
        while True:
            with _away():
                left = _number(self._run(_TAKE, *self._lease_values()))
            if left < 0:
                break
            if before and left > before:  # somebody has made it longer meanwhile
                raise InputError([f"another server uses the runs of `{self.flow}` on this Redis"])
            before = left
            time.sleep(0.2)
        with _away():
            self._version = _text(self._ask("GET", self._keys[2]))
            for table, key in zip(TABLES, self._keys[3:], strict=True):
                for rows in self._rows(key):
                    self._copy.load(table, rows)
        self._copy.watch()

    def _rows(self, key: str) -> Iterator[Sequence[str]]:
        """Yield the rows of a hash, some at a time."""
        cursor = 0
        while True:
            found: Any = self._ask("HSCAN", key, cursor, "COUNT", ROWS)
            cursor = int(found[0])
            yield [_text(each) for each in (found[1].values() if found[1] else ())]
            if cursor == 0:
                return

    def _send(self, changes: Sequence[Change]) -> None:
        """Make changes on the server; all of the copy where it does not have what it had."""
        version = os.urandom(8).hex()
        values = [part for each in changes for part in each]
        said = _text(self._run(_CHANGE, *self._lease_values(), self._version, version, *values))
        if said == "behind":  # it has lost something, or an answer of its was lost
            self._replace(version)
        elif said == "taken":
            raise self._superseded()
        self._version = version

    def _replace(self, version: str) -> None:
        for table, key in zip(TABLES, self._keys[3:], strict=True):
            self._ask("DEL", f"{key}:new")
            rows = self._copy.rows(table)
            while some := [part for _, row in zip(range(ROWS), rows, strict=False) for part in row]:
                self._ask("HSET", f"{key}:new", *some)
        if _text(self._run(_REPLACE, *self._lease_values(), version)) == "taken":
            raise self._superseded()

    def _superseded(self) -> Superseded:
        return Superseded(f"another server has taken the runs of `{self.flow}`")

    def _lease_values(self) -> tuple[str, int]:
        return self._server, int(self._lease * 1000)

    def _run(self, script: str, *values: str | int) -> object:
        return self._wait(self._redis.run(script, self._keys, *values))

    def _ask(self, *command: str | int) -> object:
        return self._wait(self._redis.ask(*command))


@contextlib.contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except StoreAway:
        raise
    except RuntimeFault as fault:
        raise StoreAway(fault.message) from fault


def _text(answer: object) -> str:
    return answer.decode() if isinstance(answer, bytes) else str(answer or "")


def _number(answer: object) -> int:
    assert isinstance(answer, int)
    return answer
