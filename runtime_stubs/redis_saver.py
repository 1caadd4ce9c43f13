# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""LangGraph's checkpoints on a Redis server; plain Redis is enough, no module is needed.

A thread has two keys, which its name keeps on one server of a cluster. The hash `state` holds a
record for each checkpoint (`c/…`), each value of a channel by its version (`v/…`), so that a step
adds only what it has changed, and each write of a task that is not in a checkpoint yet (`w/…`).
The sorted set `order` finds the checkpoints, newest last, and the writes of one.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, unquote

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    PendingWrite,
    get_checkpoint_id,
    get_checkpoint_metadata,
    writes_sort_key,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from .redis_connection import RedisConnection, Value, thread_key

__all__ = ["RedisSaver"]

# Some fields of `state`, by HSET or HSETNX; those that are looked for get into `order`.
_ADD = """
for at = 2, #ARGV, 2 do
  redis.call(ARGV[1], KEYS[1], ARGV[at], ARGV[at + 1])
  if string.sub(ARGV[at], 1, 2) ~= 'v/' then redis.call('ZADD', KEYS[2], 0, ARGV[at]) end
end
"""
# One checkpoint, the latest if no id is given: its id, its record, its values and its writes.
_READ = """
local state, order, ns, id = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
if id == '' then
  local last = redis.call(
    'ZRANGE', order, '(c/' .. ns .. '0', '[c/' .. ns .. '/', 'BYLEX', 'REV', 'LIMIT', 0, 1)[1]
  if not last then return false end
  id = string.sub(last, #ns + 4)
end
local record = redis.call('HGET', state, 'c/' .. ns .. '/' .. id)
if not record then return false end
local function told(fields)
  local found = {}
  for _, field in ipairs(fields) do
    local value = redis.call('HGET', state, field)
    if value then found[#found + 1] = {field, value} end
  end
  return found
end
local values = {}
for field in string.gmatch(string.match(record, '^[^\\n]*'), '%S+') do
  values[#values + 1] = field
end
local place = ns .. '/' .. id
local writes = redis.call('ZRANGE', order, '[w/' .. place .. '/', '(w/' .. place .. '0', 'BYLEX')
return {id, record, told(values), told(writes)}
"""


class RedisSaver(BaseCheckpointSaver[str]):
    """The checkpoints of all threads on a connected server."""

    def __init__(self, server: RedisConnection) -> None:
        # State is plain data, so nothing else may come out of the server.
        super().__init__(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._server = server

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a checkpoint, the latest if the config names none."""
        return await self._read(*_thread(config), get_checkpoint_id(config) or "")

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Give checkpoints, newest first; without a config those of all threads."""
        only = get_checkpoint_id(config) if config else None
        end = get_checkpoint_id(before) if before else None
        left = limit
        for id, thread, space in sorted(await self._listed(config), reverse=True):
            if (only and id != only) or (end and id >= end):
                continue
            if left is not None and left <= 0:
                return
            found = await self._read(thread, space, id)
            if found is None or not _has(found.metadata, filter or {}):
                continue
            left = None if left is None else left - 1
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Add a checkpoint with those of its values that are new."""
        thread, space = _thread(config)
        values = checkpoint["channel_values"]
        changed: list[Value] = []
        for channel, version in new_versions.items():
            if channel in values:
                changed += [_value_field(space, channel, version), self._packed(values[channel])]
        fields = [
            _value_field(space, channel, version)
            for channel, version in checkpoint["channel_versions"].items()
            if channel in values
        ]
        record = {
            "checkpoint": {**checkpoint, "channel_values": {}},
            "metadata": get_checkpoint_metadata(config, metadata),
            "parent": get_checkpoint_id(config),
        }
        name = _joined("c", space, checkpoint["id"])
        whole = " ".join(fields).encode() + b"\n" + self._packed(record)
        await self._server.run(_ADD, _keys(thread), "HSET", *changed, name, whole)
        return _config(thread, space, checkpoint["id"])

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Add what a task has written beside a checkpoint; the first to come stays."""
        thread, space = _thread(config)
        id = get_checkpoint_id(config) or ""
        # An error, a pause or an answer to one takes the place of an earlier one.
        put = "HSET" if all(channel in WRITES_IDX_MAP for channel, _ in writes) else "HSETNX"
        fields: list[Value] = []
        for number, (channel, value) in enumerate(writes):
            name = _joined("w", space, id, task_id, str(WRITES_IDX_MAP.get(channel, number)))
            fields += [name, _joined(task_path, channel).encode() + b"\n" + self._packed(value)]
        await self._server.run(_ADD, _keys(thread), put, *fields)

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete all checkpoints of a thread and what was written beside them."""
        await self._server.ask("UNLINK", *_keys(thread_id))

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Return the version after `current`; two that follow the same one differ."""
        number = 0 if current is None else int(str(current).partition(".")[0])
        return f"{number + 1:032}.{random.random():016}"

    async def _listed(self, config: RunnableConfig | None) -> list[tuple[str, str, str]]:
        """Return id, thread and namespace of all checkpoints that a config may mean."""
        if config is None:
            threads, space = await self._server.threads("order"), None
        else:
            named = config["configurable"]
            threads, space = [str(named["thread_id"])], named.get("checkpoint_ns")
        start = _joined("c", "") if space is None else _joined("c", space, "")
        span = (f"[{start}", f"({start[:-1]}0")  # all that begins so: `0` comes after `/`
        found = []
        for thread in threads:
            _, order = _keys(thread)
            for name in _texts(await self._server.ask("ZRANGE", order, *span, "BYLEX")):
                _, its_space, id = _parted(name)
                found.append((id, thread, its_space))
        return found

    async def _read(self, thread: str, space: str, id: str) -> CheckpointTuple | None:
        answer = await self._server.run(_READ, _keys(thread), _joined(space), _joined(id))
        if not isinstance(answer, list):
            return None
        found, record, values, writes = answer
        parts = self._unpacked(record.partition(b"\n")[2])
        checkpoint = cast(Checkpoint, parts["checkpoint"])
        for field, value in values:
            _, _, channel, _ = _parted(field.decode())
            checkpoint["channel_values"][channel] = self._unpacked(value)
        parent = parts["parent"]
        return CheckpointTuple(
            _config(thread, space, unquote(found.decode())),
            checkpoint,
            cast(CheckpointMetadata, parts["metadata"]),
            _config(thread, space, str(parent)) if parent else None,
            self._writes(writes),
        )

    def _writes(self, rows: Sequence[tuple[bytes, bytes]]) -> list[PendingWrite]:
        """Return writes in the order in which LangGraph applies them."""
        found: list[tuple[tuple[str, str, int], PendingWrite]] = []
        for name, written in rows:
            *_, task, number = _parted(name.decode())
            head, _, value = written.partition(b"\n")
            path, channel = _parted(head.decode())
            write = (task, channel, self._unpacked(value))
            found.append((writes_sort_key(path, task, int(number)), write))
        return [write for _, write in sorted(found, key=lambda each: each[0])]

    def _packed(self, value: object) -> bytes:
        kind, content = self.serde.dumps_typed(value)
        return kind.encode() + b"\n" + content

    def _unpacked(self, packed: bytes) -> Any:
        kind, _, content = packed.partition(b"\n")
        return self.serde.loads_typed((kind.decode(), content))


def _thread(config: RunnableConfig) -> tuple[str, str]:
    """Return the thread and the namespace that a config names."""
    given = config["configurable"]
    return str(given["thread_id"]), str(given.get("checkpoint_ns", ""))


def _keys(thread: str) -> tuple[str, str]:
    return thread_key(thread, "state"), thread_key(thread, "order")


def _config(thread: str, space: str, id: str) -> RunnableConfig:
    named = {"thread_id": thread, "checkpoint_ns": space, "checkpoint_id": id}
    return {"configurable": named}


def _has(metadata: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(metadata.get(name) == value for name, value in wanted.items())


def _value_field(space: str, channel: str, version: object) -> str:
    return _joined("v", space, channel, str(version))


def _joined(*parts: str) -> str:
    """Return parts as one name, from which `_parted` gets them again; spaces do not remain."""
    return "/".join(quote(part, safe="") for part in parts)


def _parted(name: str) -> list[str]:
    return [unquote(part) for part in name.split("/")]


def _texts(answer: object) -> list[str]:
    return [each.decode() for each in answer] if isinstance(answer, list) else []
