# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Calls whose result is kept for a while, so that the same work is not done twice."""

import contextlib
import functools
import json
import os
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar, cast

from .cache import PATH, AnswerCache
from .run import current_node

__all__ = ["cached"]

P = ParamSpec("P")
T = TypeVar("T")


async def cached(
    ttl: float, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Return what `function` gives for these arguments, from the cache if that is not older than `ttl` seconds.

    Results must be plain data; one that is not is given but not kept.
    """
    key = json.dumps([current_node(), _name(function), args, kwargs], default=_name, sort_keys=True)
    store = _store(ttl, os.getcwd())
    found = await store.get(key)
    if found is not None:
        return cast(T, json.loads(found))
    result = await function(*args, **kwargs)
    with contextlib.suppress(TypeError, ValueError):
        await store.put(key, json.dumps(result))
    return result


@functools.cache
def _store(ttl: float, folder: str) -> AnswerCache:
    """Return the cache of a folder: one connection for all calls."""
    return AnswerCache(ttl, f"{folder}/{PATH}")


def _name(thing: object) -> str:
    """Tell functions and tools apart by name: their addresses differ from run to run."""
    for attribute in ("__qualname__", "name"):
        found = getattr(thing, attribute, None)
        if isinstance(found, str):
            return found
    return repr(thing)
