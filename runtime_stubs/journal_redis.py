# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The journals of all runs on a Redis server.

A run has three keys: hashes with the place and the content of each record, by its key, and a list
of what was spent, which a dropped record does not leave.
"""

import json
from collections.abc import Mapping, Sequence

from .errors import RuntimeFault
from .journal import Record
from .redis_connection import RedisConnection, thread_key
from .run import Spent

__all__ = ["RedisJournals"]

_WRITE = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
  if ARGV[4] ~= '' then redis.call('RPUSH', KEYS[3], ARGV[4]) end
end
"""
_DROP = """
local inside = ARGV[1] .. '/'
local found = redis.call('HGETALL', KEYS[1])
for at = 1, #found, 2 do
  local key, place = found[at], found[at + 1]
  if place == ARGV[1] or string.sub(place, 1, #inside) == inside then
    redis.call('HDEL', KEYS[1], key)
    redis.call('HDEL', KEYS[2], key)
  end
end
"""


class RedisJournals:
    """The journals on a connected server; see `journal.Table`."""

    def __init__(self, server: RedisConnection) -> None:
        self._server = server

    async def places(self, thread: str) -> Mapping[str, str]:
        """Return the place of each record of a run, by key."""
        found = await self._server.ask("HGETALL", thread_key(thread, "places"))
        rows = found.items() if isinstance(found, dict) else ()
        return {key.decode(): place.decode() for key, place in rows}

    async def spent(self, thread: str) -> Sequence[Spent]:
        """Return what the run has spent, by model."""
        found: dict[str, Spent] = {}
        lines = await self._server.ask("LRANGE", thread_key(thread, "spent"), 0, -1)
        for line in lines if isinstance(lines, list) else ():
            model, tokens, output_tokens, cost = json.loads(line)
            old = found.get(model, Spent(model, 0, 0, 0.0, 0))
            longest = max(old.longest, output_tokens)
            found[model] = Spent(
                model, old.calls + 1, old.tokens + tokens, old.cost + cost, longest
            )
        return list(found.values())

    async def read(self, thread: str, key: str) -> str:
        """Return the content of a record."""
        content = await self._server.ask("HGET", thread_key(thread, "answers"), key)
        if not isinstance(content, bytes):
            raise RuntimeFault("Redis has lost an answer of this run")
        return content.decode()

    async def write(self, thread: str, record: Record) -> None:
        """Add a record; returns when it is as safe as the server makes it."""
        call = record.call
        spent = ""
        if call is not None:
            tokens = call.input_tokens + call.output_tokens
            spent = json.dumps([call.model, tokens, call.output_tokens, call.cost or 0.0])
        values = (record.key, record.place, record.content, spent)
        await self._server.run(_WRITE, _keys(thread), *values)

    async def drop(self, thread: str, place: str) -> None:
        """Drop the records of a place and of what went on beside one another in it."""
        await self._server.run(_DROP, _keys(thread)[:2], place)

    async def clear(self, thread: str) -> None:
        """Delete all records of a run."""
        await self._server.ask("UNLINK", *_keys(thread))


def _keys(thread: str) -> list[str]:
    return [thread_key(thread, part) for part in ("places", "answers", "spent")]
