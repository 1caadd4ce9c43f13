"""The web, as agents written by hand see it: a search service and the text of pages."""

import asyncio
import os

import httpx
import trafilatura

CLIENT = httpx.AsyncClient(timeout=20, follow_redirects=True)


async def web_search(query: str, max_results: int = 5) -> list[dict[str, str]]:
    """Search the web. Returns titles, addresses and short extracts."""
    answer = await CLIENT.get(
        f"{os.environ['SEARXNG_URL']}/search", params={"q": query, "format": "json"}
    )
    answer.raise_for_status()
    return [
        {"title": each["title"], "url": each["url"], "snippet": each.get("content") or ""}
        for each in answer.json()["results"][:max_results]
    ]


async def web_scrape(url: str) -> str:
    """Fetch a web page and return its main text as Markdown."""
    return await page_text(url, 50_000)


async def page_text(url: str, most: int) -> str:
    """Return the main text of a page, at most so many characters."""
    answer = await CLIENT.get(url)
    answer.raise_for_status()
    text = await asyncio.to_thread(
        trafilatura.extract, answer.text, url=url, output_format="markdown"
    )
    if not text:
        raise ValueError(f"no text was found on {url}")
    return text[:most]
