"""Topics, an article on each at the same time, and an introduction."""

import asyncio
import json
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from bench.handwritten.calling import ask_for, run

EDITOR, AUTHOR = "openai/gpt-4.1-mini", "openai/gpt-4.1-nano"
AT_ONCE = 4


class Topics(BaseModel):
    """What to write about."""

    topics: list[str]


class Body(BaseModel):
    """The text of an article."""

    body: str


class Headline(BaseModel):
    """The headline of an article."""

    headline: str


class Intro(BaseModel):
    """The beginning of the newsletter."""

    intro: str


class State(TypedDict, total=False):
    """What the steps read and write."""

    theme: str
    count: int
    topics: list[str]
    articles: list[dict[str, str]]
    intro: str
    newsletter: dict[str, Any]


async def choose(state: State) -> State:
    """Ask for topics."""
    prompt = (
        f"Choose {state['count']} topics about {state['theme']} for a newsletter. One line each."
    )
    return {"topics": (await ask_for("choose", prompt, Topics, model=EDITOR)).topics}


async def write_articles(state: State) -> State:
    """Write all articles, some at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def write(topic: str) -> dict[str, str]:
        async with places:
            prompt = f"Write 80 words about {topic}. Style - warm and short."
            body = (await ask_for("draft", prompt, Body, model=AUTHOR)).body
            prompt = f"Give this article a headline of at most eight words: {body}\n"
            headline = (await ask_for("title", prompt, Headline, model=AUTHOR)).headline
        return {"headline": headline, "body": body}

    return {"articles": list(await asyncio.gather(*map(write, state["topics"])))}


async def introduce(state: State) -> State:
    """Ask for the introduction and put everything together."""
    prompt = (
        f"Write two sentences that lead into a newsletter about {state['theme']} with these articles: "
        f"{json.dumps(state['articles'])}\n"
    )
    intro = (await ask_for("introduce", prompt, Intro, model=EDITOR)).intro
    newsletter = {"subject": state["theme"], "intro": intro, "articles": state["articles"]}
    return {"intro": intro, "newsletter": newsletter}


graph = StateGraph(State)
graph.add_sequence(
    [("choose", choose), ("write_articles", write_articles), ("introduce", introduce)]
)
graph.add_edge(START, "choose")
graph.add_edge("introduce", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("newsletter", APP, inputs)
