# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The services behind `web_search`: one request each, answers brought into one form."""

import json
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx

__all__ = ["Hit", "duckduckgo", "searxng", "serper", "tavily"]

MAX_BYTES = 5_000_000


@dataclass(slots=True)
class Hit:
    """One result."""

    title: str
    url: str
    snippet: str


async def searxng(
    client: httpx.AsyncClient, base: str, key: str | None, query: str, most: int
) -> list[Hit]:
    """Search with a SearXNG server whose JSON format is switched on."""
    request = client.build_request(
        "GET", f"{base.rstrip('/')}/search", params={"q": query, "format": "json"}
    )
    found = json.loads(await _answer(client, request))["results"]
    return [
        Hit(str(each.get("title", "")), str(each["url"]), str(each.get("content") or ""))
        for each in found
    ]


async def serper(
    client: httpx.AsyncClient, base: str, key: str | None, query: str, most: int
) -> list[Hit]:
    """Search Google through serper.dev."""
    request = client.build_request(
        "POST",
        f"{base.rstrip('/')}/search",
        json={"q": query, "num": most},
        headers={"X-API-KEY": key or ""},
    )
    found = json.loads(await _answer(client, request)).get("organic", [])
    return [
        Hit(str(each.get("title", "")), str(each["link"]), str(each.get("snippet") or ""))
        for each in found
    ]


async def tavily(
    client: httpx.AsyncClient, base: str, key: str | None, query: str, most: int
) -> list[Hit]:
    """Search with tavily.com."""
    request = client.build_request(
        "POST",
        f"{base.rstrip('/')}/search",
        json={"query": query, "max_results": most},
        headers={"Authorization": f"Bearer {key or ''}"},
    )
    found = json.loads(await _answer(client, request))["results"]
    return [
        Hit(str(each.get("title", "")), str(each["url"]), str(each.get("content") or ""))
        for each in found
    ]


async def duckduckgo(
    client: httpx.AsyncClient, base: str, key: str | None, query: str, most: int
) -> list[Hit]:
    """Search with DuckDuckGo's page for browsers without JavaScript; needs no key."""
    request = client.build_request(
        "POST",
        f"{base.rstrip('/')}/html/",
        data={"q": query},
        headers={"User-Agent": "Mozilla/5.0 (compatible; agentc)"},
    )
    page = _ResultPage()
    page.feed(await _answer(client, request, follow_redirects=True))
    return [hit for hit in page.hits if hit.url]


async def _answer(
    client: httpx.AsyncClient, request: httpx.Request, *, follow_redirects: bool = False
) -> str:
    """Return the text of an answer; ValueError if it is far too long for one."""
    response = await client.send(request, stream=True, follow_redirects=follow_redirects)
    try:
        response.raise_for_status()
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise ValueError(f"more than {MAX_BYTES} bytes")
        return body.decode("utf-8", "replace")
    finally:
        await response.aclose()


class _ResultPage(HTMLParser):
    """Collects `a.result__a` (title, address) and `.result__snippet` of each result."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: list[Hit] = []
        self._into: str | None = None
        self._until = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if "result__a" in classes:
            self.hits.append(Hit("", _target(given.get("href", "")), ""))
            self._into, self._until = "title", tag
        elif "result__snippet" in classes and self.hits:
            self._into, self._until = "snippet", tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._until:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into == "title":
            self.hits[-1].title += data
        elif self._into == "snippet":
            self.hits[-1].snippet += data


def _target(link: str) -> str:
    """Return where a result leads: links go through `/l/?uddg=<address>`."""
    parts = urlsplit(link)
    wrapped = parse_qs(parts.query).get("uddg")
    if wrapped:
        return wrapped[0]
    return link if parts.scheme in ("http", "https") else ""
