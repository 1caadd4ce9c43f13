# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`web_scrape`: the readable text of a web page."""

import asyncio
from collections.abc import Sequence

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
        text = trafilatura.extract(
            html, url=url, output_format="markdown", include_links=links, with_metadata=False
        )
        if not text:
            raise ToolError(f"no text was found on `{url}`")
        found = trafilatura.extract_metadata(html)
        title = found.title if found else None
        return text if not title or title in text[: len(title) + 10] else f"# {title}\n\n{text}"

    return Tool(
        name="web_scrape",
        description="Fetch a web page and return its main text as Markdown.",
        parameters=parameters({"url": string("Address of the page, http or https")}),
        call=call,
        read_only=True,
        effects=frozenset({"network"}),
        returns={"type": "string"},
    )
