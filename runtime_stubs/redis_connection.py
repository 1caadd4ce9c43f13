# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A Redis server as saved runs use it: whole changes only, and failures in plain words."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import quote, unquote, urlsplit

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

from .errors import RuntimeFault, StoreError

__all__ = ["RedisConnection", "Value", "connect", "thread_key"]

log = logging.getLogger(__name__)

Value = str | int | float | bytes

PATIENCE = 30.0  # seconds for an answer
CONNECT_PATIENCE = 10.0  # seconds for a connection
CONNECTIONS = 4  # of one run: answers that come at the same time are written together
# A server that starts anew or hands over to another one is away for a moment. All changes may be
# made twice, so asking again is safe; after PATIENCE seconds without an answer nobody asks again.
AGAIN = Retry(ExponentialBackoff(cap=1.0, base=0.1), 3, (exceptions.ConnectionError,))

# What a server says to whom it does not let in; the client does not always tell by the class.
REFUSED = ("NOAUTH", "HELLO must be", "AUTH <", "username-password")
NO_ADDRESS = (
    "what should be the address of Redis is none: "
    "expected redis://[user:password@]host[:port][/number]"
)

_looked_at: set[str] = set()  # servers whose settings are known


class RedisConnection:
    """A connected server; `place` is what people may read of its address."""

    def __init__(self, client: Redis, place: str) -> None:
        self._client = client
        self._execute: Callable[..., Awaitable[object]] = client.execute_command
        self._place = place

    async def ask(self, *command: Value) -> object:
        """Return what a command answers."""
        with _plainly(self._place):
            return await self._execute(*command)

    async def run(self, script: str, keys: Sequence[str], *values: Value) -> object:
        """Return what a script answers; Redis runs it as a whole, and makes it as safe as it can."""
        return await self.ask("EVAL", script, len(keys), *keys, *values)

    async def threads(self, part: str) -> list[str]:
        """Return the runs that have a part; looks at all keys of the server."""
        start, end = thread_key("\n", part).split(quote("\n"))
        with _plainly(self._place):
            keys = self._client.scan_iter(match=f"{start}*{end}", count=1000)
            return [unquote(key.decode()[len(start) : -len(end)]) async for key in keys]


def thread_key(thread: str, part: str) -> str:
    """Return the key of one part of a run; the braces keep all of them on one server of a cluster."""
    return f"{{agentc:run:{quote(thread)}}}:{part}"


@asynccontextmanager
async def connect(address: str) -> AsyncIterator[RedisConnection]:
    """Connect to the server at a `redis://…`, `rediss://…` or `unix://…` address.

    Raises:
        StoreError: it cannot be reached or used; the message does not tell passwords.
    """
    try:
        place = _place(address)
        pool = BlockingConnectionPool.from_url(
            address,
            max_connections=CONNECTIONS,
            timeout=PATIENCE,
            socket_timeout=PATIENCE,
            socket_connect_timeout=CONNECT_PATIENCE,
            retry=AGAIN,
        )
    except ValueError:  # its text may hold parts of a password
        raise StoreError(NO_ADDRESS) from None
    async with Redis.from_pool(pool) as client:
        server = RedisConnection(client, place)
        try:
            await server.ask("PING")
        except TypeError:  # an option after `?` that the client does not know
            raise StoreError(NO_ADDRESS) from None
        except RuntimeFault as fault:
            raise StoreError(fault.message) from fault.__cause__
        if address not in _looked_at:
            _looked_at.add(address)
            for warning in await _warnings(client):
                log.warning("Redis at %s %s", place, warning)
        yield server


def _place(address: str) -> str:
    """Return host and port, or the path of a socket."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return parts.path
    if "@" in parts.path + parts.query + parts.fragment:
        raise ValueError("a password that is not quoted")
    return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"


async def _warnings(client: Redis) -> list[str]:
    """Say which settings of the server lose runs; nothing where it does not tell them."""
    found: dict[str, str] = {}
    try:
        for name in ("appendonly", "save", "maxmemory-policy"):
            found |= {
                str(key): str(value) for key, value in (await client.config_get(name)).items()
            }
    except exceptions.RedisError:
        return []
    warnings = []
    if found.get("appendonly") == "no" and found.get("save") == "":
        warnings.append(
            "keeps nothing on disk: saved runs are lost when it stops; set `appendonly yes`"
        )
    policy = found.get("maxmemory-policy", "")
    if policy.startswith("allkeys-"):
        warnings.append(
            f"deletes keys when its memory is full (`maxmemory-policy {policy}`), saved runs "
            "too; set `noeviction`"
        )
    return warnings


@contextmanager
def _plainly(place: str) -> Iterator[None]:
    """Turn what the client raises into words that name the server and no password."""
    try:
        yield
    except (exceptions.RedisError, OSError) as error:
        raise RuntimeFault(_words(place, error)) from error


def _words(place: str, error: Exception) -> str:
    text = str(error)
    if isinstance(error, exceptions.AuthenticationError) or any(each in text for each in REFUSED):
        return f"Redis at {place} does not take the user and password of the address"
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return f"Redis at {place} gave no answer in time"
    if isinstance(error, exceptions.InvalidResponse):
        return f"what listens at {place} does not speak as Redis does"
    if isinstance(error, exceptions.ConnectionError | OSError):
        return f"Redis at {place} cannot be reached: {text}"
    return f"Redis at {place}: {text}"
