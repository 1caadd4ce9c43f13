# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`web_search`: search the web through SearXNG, Serper, Tavily or DuckDuckGo."""

import asyncio
import os
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Literal

import httpx

from ..errors import ToolError
from ..tool import Tool
from . import search_backends
from .connections import Kept, kept_pool
from .schema import integer, parameters, string
from .search_backends import Hit
from .tls import tls_context

__all__ = ["Backend", "web_search"]

Backend = Literal["searxng", "serper", "tavily", "duckduckgo"]
Search = Callable[[httpx.AsyncClient, str, str | None, str, int], Awaitable[list[Hit]]]

BACKENDS: dict[Backend, tuple[Search, str, str | None]] = {
    "searxng": (search_backends.searxng, "http://localhost:8080", None),
    "serper": (search_backends.serper, "https://google.serper.dev", "SERPER_API_KEY"),
    "tavily": (search_backends.tavily, "https://api.tavily.com", "TAVILY_API_KEY"),
    "duckduckgo": (search_backends.duckduckgo, "https://html.duckduckgo.com", None),
}


def web_search(
    *,
    backend: Backend = "duckduckgo",
    url: str | None = None,
    api_key_env: str | None = None,
    max_results: int = 5,
    timeout: float = 20.0,
    name: str = "web_search",
) -> Tool:
    """Make a tool that searches the web and gives a list of `{title, url, snippet}`.

    `url` is the address of the service (SearXNG: your own), `api_key_env` the environment variable
    with its key (default `SERPER_API_KEY`, `TAVILY_API_KEY`).
    """
    if backend not in BACKENDS:
        raise ToolError(f"`{backend}` is no search service, expected one of {', '.join(BACKENDS)}")
    search, default_url, default_key = BACKENDS[backend]
    variable = api_key_env or default_key

    async def call(query: str, max_results: int = max_results) -> list[dict[str, str]]:
        key = os.environ.get(variable) if variable else None
        if variable and not key:
            raise ToolError(f"`{name}` needs a key: set the environment variable `{variable}`")
        try:
            async with (
                asyncio.timeout(timeout),
                await _client(timeout) as client,
            ):
                hits = await search(client, url or default_url, key, query, max_results)
        except TimeoutError:
            raise ToolError(f"`{backend}` gave no answer within {timeout:g} s") from None
        except httpx.HTTPStatusError as error:
            raise ToolError(
                f"`{backend}` answered with status {error.response.status_code}"
            ) from None
        except httpx.HTTPError as error:
            raise ToolError(
                f"`{backend}` cannot be reached: {error or type(error).__name__}"
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ToolError(f"`{backend}` gave an answer that cannot be read") from None
        return [
            {"title": hit.title, "url": hit.url, "snippet": hit.snippet}
            for hit in hits[:max_results]
        ]

    hit = {name: {"type": "string"} for name in ("title", "url", "snippet")}
    return Tool(
        name=name,
        description="Search the web. Returns titles, addresses and short extracts.",
        parameters=parameters(
            {
                "query": string("What to search for"),
                "max_results": integer("How many results at most", minimum=1, maximum=20),
            },
            optional=("max_results",),
        ),
        call=call,
        read_only=True,
        effects=frozenset({"network"}),
        returns={"type": "array", "items": {"type": "object", "properties": hit}},
    )


async def _client(timeout: float) -> httpx.AsyncClient:
    """Return a client that goes through the proxies of the environment, if there are any."""
    if urllib.request.getproxies():
        return httpx.AsyncClient(timeout=timeout, verify=tls_context(trust_env=True))
    connections = Kept(await kept_pool("service"), may_repeat=True)
    return httpx.AsyncClient(timeout=timeout, transport=connections)
