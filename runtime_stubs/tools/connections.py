# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Connections of tools, which stay open between requests for as long as the event loop runs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from typing import Literal

import httpcore
import httpx

from .address import find_addresses
from .tls import tls_context

__all__ = ["Kept", "Pool", "Reach", "kept_pool", "new_pool"]

Pool = httpcore.AsyncConnectionPool
Reach = Literal["public", "any", "service"]
_IDLE = 5.0  # seconds that a connection is kept which nobody uses
_MOST_IDLE = 20


class Kept(httpx.AsyncBaseTransport):
    """Sends the requests of a client over connections that outlive it.

    `may_repeat`: a request may be sent a second time if the server may not have got it.
    """

    def __init__(self, pool: Pool, *, may_repeat: bool) -> None:
        self._pool = pool
        self._may_repeat = may_repeat

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with _as_httpx():
            try:
                answer = await self._pool.handle_async_request(_plain(request))
            except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
                # The server may have closed a kept connection at this very moment.
                if not self._may_repeat:
                    raise
                answer = await self._pool.handle_async_request(_plain(request))
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )


def _plain(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for piece in self._answer.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise what those who use httpx expect."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(_text(error)) from error
    except httpcore.NetworkError as error:
        raise httpx.NetworkError(_text(error)) from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.ProtocolError(_text(error)) from error


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__


class _Checked(httpcore.AsyncNetworkBackend):
    """Resolves and checks the host of each new connection, and connects to just that address."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: httpcore.ConnectError | None = None
        for address in await find_addresses(host, port, allow_private=self._allow_private):
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
        raise failure or httpcore.ConnectError(f"host `{host}` has no address")


def new_pool(reach: Reach) -> Pool:
    """Return a pool without connections, which must be closed.

    `reach`: `public` and `any` resolve and check the host of each new connection, `any` lets them
    lead to private addresses too. `service` is for addresses that no model chooses.
    """
    return Pool(
        ssl_context=tls_context(trust_env=reach == "service"),
        max_connections=None,
        max_keepalive_connections=_MOST_IDLE,
        keepalive_expiry=_IDLE,
        network_backend=None if reach == "service" else _Checked(reach == "any"),
    )


_kept: dict[asyncio.AbstractEventLoop, tuple[dict[Reach, Pool], AsyncGenerator[None]]] = {}


async def kept_pool(reach: Reach) -> Pool:
    """Return the pool of this event loop, which closes it when it ends; see `new_pool`."""
    loop = asyncio.get_running_loop()
    if loop not in _kept:
        for ended in [each for each in _kept if each.is_closed()]:
            del _kept[ended]
        pools: dict[Reach, Pool] = {}
        # `asyncio.run` ends generators that are still open: it knows of no other way to be told.
        until_end = _closing(loop, pools)
        _kept[loop] = (pools, until_end)
        await anext(until_end)
    pools, _ = _kept[loop]
    if reach not in pools:
        pools[reach] = new_pool(reach)
    return pools[reach]


async def _closing(
    loop: asyncio.AbstractEventLoop, pools: dict[Reach, Pool]
) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        _kept.pop(loop, None)
        for pool in pools.values():
            await pool.aclose()
