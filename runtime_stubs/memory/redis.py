# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Memories on a Redis server; plain Redis is enough, no module is needed.

All keys begin with `{agentc:memory}`, which keeps them on one server of a cluster. Rows are numbered:
hashes hold their parts by number, sorted sets the numbers of a place in their order. Every change
is one script, which Redis runs as a whole, so that no write is lost and no half of one is seen.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import cast

from redis.asyncio import from_url

from ..environment import setting_text
from .store import KEPT_TURNS, Row

__all__ = ["RedisStore"]

PREFIX = "{agentc:memory}:"
PATIENCE = 30.0  # seconds for an answer

# What all scripts begin with: the names of the keys, and how a row goes.
_COMMON = """
local prefix = KEYS[1]
local values, texts, keys = prefix .. 'values', prefix .. 'texts', prefix .. 'keys'
local vectors, models = prefix .. 'vectors', prefix .. 'models'
local function rows(place) return prefix .. 'rows:' .. place end
local function turns(place) return prefix .. 'turns:' .. place end
local function named(place) return prefix .. 'named:' .. place end
local function forget(id)
  for _, part in ipairs({values, texts, keys, vectors, models}) do redis.call('HDEL', part, id) end
end
local function told(ids)
  local found = {}
  for _, id in ipairs(ids) do
    local row = {id}
    for _, part in ipairs({keys, values, texts, vectors, models}) do
      row[#row + 1] = redis.call('HGET', part, id)
    end
    found[#found + 1] = row
  end
  return found
end
"""
_ADD = """
local place, value, text, kept = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local id = redis.call('INCR', prefix .. 'last')
redis.call('HSET', values, id, value)
redis.call('HSET', texts, id, text)
redis.call('ZADD', rows(place), id, id)
redis.call('ZADD', turns(place), id, id)
redis.call('SADD', prefix .. 'places', place)
for _, old in ipairs(redis.call('ZRANGE', turns(place), 0, -(kept + 1))) do
  forget(old)
  redis.call('ZREM', rows(place), old)
  redis.call('ZREM', turns(place), old)
end
"""
_PUT = """
local place, key, value, text = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local id = redis.call('HGET', named(place), key)
if not id then
  id = redis.call('INCR', prefix .. 'last')
  redis.call('HSET', named(place), key, id)
  redis.call('ZADD', rows(place), id, id)
  redis.call('SADD', prefix .. 'places', place)
end
redis.call('HSET', keys, id, key)
redis.call('HSET', values, id, value)
redis.call('HSET', texts, id, text)
redis.call('HDEL', vectors, id)
redis.call('HDEL', models, id)
"""
_GET = """
local id = redis.call('HGET', named(ARGV[1]), ARGV[2])
return id and redis.call('HGET', values, id)
"""
_TURNS = """
return told(redis.call(
  'ZRANGE', turns(ARGV[1]), '+inf', '(' .. ARGV[2], 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[3]))
"""
_ROWS = "return told(redis.call('ZRANGE', rows(ARGV[1]), 0, ARGV[2] - 1, 'REV'))"
_SET_VECTOR = """
for at = 2, #ARGV, 2 do
  if redis.call('HEXISTS', values, ARGV[at]) == 1 then
    redis.call('HSET', models, ARGV[at], ARGV[1])
    redis.call('HSET', vectors, ARGV[at], ARGV[at + 1])
  end
end
"""
_PLACES = """
local found = {}
for _, place in ipairs(redis.call('SMEMBERS', prefix .. 'places')) do
  found[#found + 1] = {place, redis.call('ZCARD', rows(place))}
end
return found
"""
_CLEAR = """
local place = ARGV[1]
for _, id in ipairs(redis.call('ZRANGE', rows(place), 0, -1)) do forget(id) end
redis.call('DEL', rows(place), turns(place), named(place))
redis.call('SREM', prefix .. 'places', place)
"""


class RedisStore:
    """A server, by its `redis://…` or `rediss://…` address; each call has a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def add_turn(self, place: str, value: str, text: str) -> None:
        """Add a turn after all others of the place."""
        await self._run(_ADD, place, value, text, KEPT_TURNS)

    async def turns(self, place: str, *, after: int, limit: int) -> list[Row]:
        """Return the last `limit` turns with an id over `after`, oldest first."""
        return _rows(await self._run(_TURNS, place, after, limit))[::-1]

    async def put(self, place: str, key: str, value: str, text: str) -> None:
        """Set a value; the last to come wins."""
        await self._run(_PUT, place, key, value, text)

    async def get(self, place: str, key: str) -> str | None:
        """Return a value as JSON."""
        return _text(await self._run(_GET, place, key))

    async def rows(self, place: str, limit: int) -> list[Row]:
        """Return the newest rows of all kinds, newest first."""
        return _rows(await self._run(_ROWS, place, limit))

    async def set_vectors(self, model: str, vectors: Mapping[int, bytes]) -> None:
        """Keep what a model made of the text of rows."""
        pairs = [part for number, vector in vectors.items() for part in (number, vector)]
        await self._run(_SET_VECTOR, model, *pairs)

    async def places(self) -> dict[str, int]:
        """Return every place that holds something, with the number of its rows."""
        found = _lists(await self._run(_PLACES))
        return dict(sorted((_text(place) or "", int(str(count))) for place, count in found))

    async def clear(self, place: str) -> None:
        """Forget everything of a place."""
        await self._run(_CLEAR, place)

    async def _run(self, script: str, *values: str | int | bytes) -> object:
        async with from_url(
            setting_text(self._url),
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            encoding_errors="replace",
        ) as client:
            # One method for both kinds of clients: this one's result is to be awaited.
            answer = client.eval(_COMMON + script, 1, PREFIX, *values)
            return await cast(Awaitable[object], answer)


def _rows(answer: object) -> list[Row]:
    return [
        Row(
            id=int(_text(number) or 0),
            key=_text(key),
            value=_text(value) or "",
            text=_text(text) or "",
            vector=vector if isinstance(vector, bytes) else None,
            model=_text(model),
        )
        for number, key, value, text, vector, model in _lists(answer)
    ]


def _lists(answer: object) -> Sequence[Sequence[object]]:
    return answer if isinstance(answer, list) else []


def _text(value: object) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None
