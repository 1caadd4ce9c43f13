# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""HTTP requests to addresses that a model chooses: checked, pinned and limited."""

import asyncio
import contextlib
import json as json_text
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from ..errors import ToolError
from .address import check_host
from .connections import Kept, Reach, kept_pool, new_pool

__all__ = ["Page", "WebLimits", "fetch"]

AGENT = "Mozilla/5.0 (compatible; agentc)"
SAFE = ("GET", "HEAD", "OPTIONS")  # what may be sent twice: RFC 9110 9.2.1
PACKED = "gzip, deflate"  # what can be unpacked piece by piece, and no further than is allowed


@dataclass(frozen=True, slots=True)
class WebLimits:
    """What one request may do. `timeout` in seconds for all of it, `max_bytes` of decoded body."""

    timeout: float = 20.0
    max_bytes: int = 5_000_000
    max_redirects: int = 5
    allow_hosts: Sequence[str] | None = None
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """An answer; `url` is where it came from after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    text: str

    def json(self) -> object:
        """Return the body as JSON; ToolError if it is something else."""
        try:
            found: object = json_text.loads(self.text)
        except (ValueError, RecursionError):
            raise ToolError(f"the answer of `{self.url}` is not JSON") from None
        return found


class _CheckedTransport(httpx.AsyncBaseTransport):
    """Checks each request, those that redirects lead to included; the pool checks addresses."""

    def __init__(self, limits: WebLimits, private: frozenset[str], inner: Kept) -> None:
        """Know the limits; the headers named in `private` (lower case) stay with the first server."""
        self._limits = limits
        self._private = private
        self._first: httpx.URL | None = None
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise ToolError(f"`{url}` is not an http or https address")
        check_host(url.host, self._limits.allow_hosts)
        sent = httpx.Request(
            request.method,
            url,
            headers=self._headers(request),
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(sent)

    def _headers(self, request: httpx.Request) -> httpx.Headers:
        """Return the headers for where a request goes now: a redirect does not take keys along."""
        first = self._first = self._first or request.url
        there = (request.url.scheme, request.url.host, request.url.port)
        upgraded = ("https", first.host, None) if first.port is None else None
        if there in ((first.scheme, first.host, first.port), upgraded):
            return request.headers
        kept = [(k, v) for k, v in request.headers.raw if k.decode().lower() not in self._private]
        return httpx.Headers(kept)


async def fetch(
    url: str,
    limits: WebLimits,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: object = None,
    content: str | None = None,
) -> Page:
    """Make one request and return the answer; raise ToolError when there is none within limits.

    A redirect to another server is followed without `headers`.
    """
    private = frozenset(name.lower() for name in headers or ())
    try:
        async with (
            asyncio.timeout(limits.timeout),
            _connections(method, limits) as connections,
            # No proxy: it would resolve the name again, on its own.
            httpx.AsyncClient(
                transport=_CheckedTransport(limits, private, connections),
                follow_redirects=True,
                max_redirects=limits.max_redirects,
                timeout=limits.timeout,
                trust_env=False,
            ) as client,
            client.stream(
                method,
                url,
                headers={"User-Agent": AGENT, **(headers or {}), "Accept-Encoding": PACKED},
                params=params,
                json=json,
                content=content,
            ) as response,
        ):
            return await _read(response, limits.max_bytes)
    except TimeoutError:
        raise ToolError(f"`{url}` gave no answer within {limits.timeout:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ToolError(f"`{url}` cannot be fetched: {error or type(error).__name__}") from None


@contextlib.asynccontextmanager
async def _connections(method: str, limits: WebLimits) -> AsyncIterator[Kept]:
    """Open the connections of one request.

    What may not be sent twice gets new ones: a server may close a kept one at any moment.
    """
    reach: Reach = "any" if limits.allow_private else "public"
    if method in SAFE:
        yield Kept(await kept_pool(reach), may_repeat=True)
    else:
        async with new_pool(reach) as pool:
            yield Kept(pool, may_repeat=False)


async def _read(response: httpx.Response, most: int) -> Page:
    body = bytearray()
    unpack = _unpacker(response)
    async for chunk in response.aiter_raw():
        body += unpack(chunk, most + 1 - len(body))
        if len(body) > most:
            raise ToolError(f"the answer of `{response.url}` is larger than {most} bytes")
    try:
        text = bytes(body).decode(response.charset_encoding or "utf-8", errors="replace")
    except LookupError:
        text = bytes(body).decode("utf-8", errors="replace")
    return Page(
        url=str(response.url),
        status=response.status_code,
        headers=dict(response.headers),
        body=bytes(body),
        text=text,
    )


def _unpacker(response: httpx.Response) -> Callable[[bytes, int], bytes]:
    """Return what unpacks pieces of the body, each to a number of bytes at most.

    A few bytes can be packed so that they unpack to gigabytes, more so if they are packed twice.
    """
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing in ("", "identity"):
        return lambda chunk, most: chunk[:most]
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise ToolError(f"the answer of `{response.url}` is packed as `{packing}`")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out which of the two it is

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return unpacking.decompress(chunk, most)
        except zlib.error as error:
            raise ToolError(f"the answer of `{response.url}` cannot be unpacked: {error}") from None

    return unpack
