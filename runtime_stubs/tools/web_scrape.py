# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`web_scrape`: the readable text of a web page."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import trafilatura

from ..errors import ToolError
from ..tool import Tool
from .schema import parameters, string
from .web import WebLimits, fetch

__all__ = ["web_scrape"]


def web_scrape(
    *,
    allow_hosts: Sequence[str] | None = None,
    allow_private: bool = False,
    timeout: float = 20.0,
    max_bytes: int = 5_000_000,
    max_characters: int = 50_000,
    links: bool = False,
) -> Tool:
    """Make a tool that gives the main text of a page as Markdown, without menus and adverts.

    `max_characters` cuts long pages; `links` keeps the addresses of links.
    """
    limits = WebLimits(timeout, max_bytes, allow_hosts=allow_hosts, allow_private=allow_private)

    async def call(url: str) -> str:
        page = await fetch(url, limits)
        if page.status >= 400:
            raise ToolError(f"`{page.url}` answered with status {page.status}")
        kind = page.headers.get("content-type", "text/html").partition(";")[0].strip()
        if kind in ("text/html", "application/xhtml+xml", ""):
            text = await asyncio.to_thread(_extract, page.text, page.url)
        elif kind.startswith("text/") or kind.endswith(("json", "xml")):
            text = page.text
        else:
            raise ToolError(f"`{page.url}` is `{kind}`, expected a page of text")
        return text if len(text) <= max_characters else text[:max_characters] + "\n[cut]"

    def _extract(html: str, url: str) -> str:
        page = trafilatura.load_html(html)
        text = trafilatura.extract(
            page, url=url, output_format="markdown", include_links=links, with_metadata=False
        )
        if page is None or not text:
            raise ToolError(f"no text was found on `{url}`")
        return _titled(_title(page), text)

    return Tool(
        name="web_scrape",
        description="Fetch a web page and return its main text as Markdown.",
        parameters=parameters({"url": string("Address of the page, http or https")}),
        call=call,
        read_only=True,
        effects=frozenset({"network"}),
        returns={"type": "string"},
    )


class _Document(Protocol):
    def xpath(self, expression: str) -> str:
        """Return the text that an XPath expression finds."""


def _title(page: _Document) -> str:
    """Return what a page calls itself; trafilatura would look for authors and dates as well."""
    named = page.xpath("string(//meta[@property='og:title']/@content)")
    return " ".join((named or page.xpath("string(//head/title)")).split())


def _titled(title: str, text: str) -> str:
    """Put the title above a text that does not begin with it, or with a heading that is part of it."""
    first = text.partition("\n")[0]
    heading = first.removeprefix("# ")
    if title in text[: len(title) + 10] or (heading != first and heading in title):
        return text
    return f"# {title}\n\n{text}"
