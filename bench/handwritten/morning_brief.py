"""News are searched and read while the weather is asked for, then a brief is written."""

import asyncio
import json
import os
from typing import Any, TypedDict

import httpx
from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy

from bench.handwritten.calling import ask, run
from bench.handwritten.web import CLIENT, web_scrape, web_search

MODEL = "gemini/gemini-2.5-flash"


class State(TypedDict, total=False):
    """What the steps read and write."""

    topic: str
    place: dict[str, float]
    hits: list[dict[str, str]]
    pages: list[str]
    unread: list[str]
    forecast: Any
    brief: str


async def search(state: State) -> State:
    """Look for news."""
    return {"hits": await web_search(f"{state['topic']} news today", 5)}


async def read(state: State) -> State:
    """Read all pages at the same time; those that cannot be read are noted."""

    async def page(url: str) -> str:
        async with asyncio.timeout(20):
            return await web_scrape(url)

    found = await asyncio.gather(
        *(page(hit["url"]) for hit in state["hits"]), return_exceptions=True
    )
    return {
        "pages": [each for each in found if isinstance(each, str)],
        "unread": [str(each) for each in found if isinstance(each, BaseException)],
    }


async def get_forecast(state: State) -> State:
    """Ask for the weather; a brief without it is better than none."""
    query: dict[str, str | float] = {**state["place"], "daily": "temperature_2m_max"}
    try:
        answer = await CLIENT.get(os.environ["WEATHER_URL"], params=query)
        return {"forecast": answer.raise_for_status().json()}
    except (httpx.HTTPError, ValueError):
        return {"forecast": None}


async def write(state: State) -> State:
    """Ask for the brief."""
    prompt = (
        f"Write this morning's brief about {state['topic']}. Start with the weather in one line: "
        f"{json.dumps(state['forecast'])}\nFound: {json.dumps(state['hits'])}\n"
        f"Pages: {json.dumps(state['pages'])}\n"
    )
    return {"brief": await ask("write", prompt, model=MODEL)}


graph = StateGraph(State)
graph.add_node("search", search, retry_policy=RetryPolicy(max_attempts=3, initial_interval=2))
graph.add_node("read", read)
graph.add_node("get_forecast", get_forecast)
graph.add_node("write", write)
graph.add_edge(START, "search")
graph.add_edge(START, "get_forecast")
graph.add_edge("search", "read")
graph.add_edge(["read", "get_forecast"], "write")
graph.add_edge("write", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    place = {"latitude": 55.68, "longitude": 12.57}
    return await run("morning_brief", APP, {"topic": "local news", "place": place, **inputs})
