# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""HTTP requests to addresses that a model chooses: checked, pinned and limited."""

import asyncio
import json as json_text
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from ..errors import ToolError
from .address import check_host, find_addresses

__all__ = ["Page", "WebLimits", "fetch"]

AGENT = "Mozilla/5.0 (compatible; agentc)"


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
    """Resolves and checks each host, redirects included, and connects to just that address."""

    def __init__(self, limits: WebLimits) -> None:
        self._limits = limits
        # No proxy: it would resolve the name again, on its own.
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise ToolError(f"`{url}` is not an http or https address")
        check_host(url.host, self._limits.allow_hosts)
        addresses = await find_addresses(
            url.host,
            url.port or (443 if url.scheme == "https" else 80),
            allow_private=self._limits.allow_private,
        )
        failure: httpx.ConnectError | None = None
        for address in addresses:
            pinned = httpx.Request(
                request.method,
                url.copy_with(host=address),
                headers=request.headers,  # its Host is still the name
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host},
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except httpx.ConnectError as error:
                failure = error
        raise failure or httpx.ConnectError(f"host `{url.host}` has no address")

    async def aclose(self) -> None:
        await self._inner.aclose()


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
    """Make one request and return the answer; raise ToolError when there is none within limits."""
    try:
        async with (
            asyncio.timeout(limits.timeout),
            httpx.AsyncClient(
                transport=_CheckedTransport(limits),
                follow_redirects=True,
                max_redirects=limits.max_redirects,
                timeout=limits.timeout,
                trust_env=False,
            ) as client,
            client.stream(
                method,
                url,
                headers={"User-Agent": AGENT, **(headers or {})},
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


async def _read(response: httpx.Response, most: int) -> Page:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
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
