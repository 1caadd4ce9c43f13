# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Marks what several requests begin with, for providers whose prompt caches want to be told.

OpenAI, Gemini and others find out by themselves. Anthropic keeps what stands up to a mark for five
minutes: writing it costs a quarter more, reading it a tenth. So only what an earlier request began
with as well is marked: the turns of an agent, the items of a map, a prompt that is asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, TypedDict

from .messages import Message

__all__ = ["with_marks"]

LEAST = 4096  # characters; Anthropic keeps no less than 1024 tokens
SECONDS: Final = 300.0
MOST: Final = 1000  # beginnings that are remembered
PROVIDERS: Final = frozenset({"anthropic"})
MARK: Final = {"type": "ephemeral"}


class Block(TypedDict):
    """A part of a message that is marked."""

    type: str
    text: str
    cache_control: Mapping[str, str]


_seen: OrderedDict[str, float] = OrderedDict()


def with_marks(
    provider: str, messages: Sequence[Message], before: str
) -> Sequence[Message | dict[str, object]]:
    """Return the messages of a request, the longest beginning marked that was sent before.

    `AGENTC_PROMPT_CACHE=off` leaves all requests as they are.

    Args:
        before: what stands ahead of the messages in the request, such as model and tools.
    """
    if provider not in PROVIDERS or os.environ.get("AGENTC_PROMPT_CACHE") == "off":
        return messages
    found: int | None = None
    now = time.monotonic()
    running = hashlib.sha256(before.encode())
    size = 0
    for index, message in enumerate(messages):
        running.update(json.dumps(message, sort_keys=True).encode())
        size += len(message["content"])
        key = running.hexdigest()
        is_known = now - _seen.get(key, -SECONDS) < SECONDS
        _seen[key] = now
        _seen.move_to_end(key)
        if is_known and size >= LEAST and message["role"] in ("system", "user"):
            found = index
    while len(_seen) > MOST:
        _seen.popitem(last=False)
    if found is None:
        return messages
    marked = messages[found]
    block: Block = {"type": "text", "text": marked["content"], "cache_control": MARK}
    return [*messages[:found], {**marked, "content": [block]}, *messages[found + 1 :]]
