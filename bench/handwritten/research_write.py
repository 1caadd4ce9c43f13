"""A plan, facts and doubts at the same time, then the article."""

import json
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.calling import ask_for, run

WRITER = "openai/gpt-4.1-mini"


class Plan(BaseModel):
    """The questions of an article."""

    questions: list[str]


class Facts(BaseModel):
    """What is sure."""

    facts: list[str] = Field(description="Short and checkable statements")


class Doubts(BaseModel):
    """What is not."""

    doubts: list[str] = Field(description="What is disputed or often misunderstood")


class Article(BaseModel):
    """The result."""

    title: str
    article: str = Field(description="Markdown")


class State(TypedDict, total=False):
    """What the steps read and write."""

    topic: str
    audience: str
    questions: list[str]
    facts: list[str]
    doubts: list[str]
    title: str
    article: str


async def plan(state: State) -> State:
    """Ask for questions."""
    prompt = (
        f"A writer prepares an article about {state['topic']} for {state['audience']}.\n"
        "List the three to five questions it has to answer.\n"
    )
    return {"questions": (await ask_for("plan", prompt, Plan, temperature=0.2)).questions}


async def find_facts(state: State) -> State:
    """Ask for facts."""
    prompt = (
        f"Topic: {state['topic']}\nFor each question, give the facts you are sure of, one sentence each.\n"
        f"Questions: {json.dumps(state['questions'])}\n"
    )
    return {"facts": (await ask_for("find_facts", prompt, Facts, temperature=0.2)).facts}


async def find_doubts(state: State) -> State:
    """Ask for doubts."""
    prompt = (
        f"Topic: {state['topic']}\nWhat do people get wrong about these questions, and what do experts "
        f"disagree on?\nQuestions: {json.dumps(state['questions'])}\n"
    )
    return {"doubts": (await ask_for("find_doubts", prompt, Doubts, temperature=0.2)).doubts}


async def write(state: State) -> State:
    """Ask for the article."""
    prompt = (
        f"Write an article about {state['topic']} for {state['audience']}, 300 to 500 words, in Markdown "
        f"without a heading.\n\nFacts you may use:\n{json.dumps(state['facts'])}\n\n"
        f"Doubts you must mention where they matter:\n{json.dumps(state['doubts'])}\n"
    )
    system = "You write plain, exact prose. You never state more than your notes say."
    answer = await ask_for("write", prompt, Article, model=WRITER, system=system, max_tokens=2000)
    return {"title": answer.title, "article": answer.article}


graph = StateGraph(State)
graph.add_node("plan", plan)
graph.add_node("find_facts", find_facts)
graph.add_node("find_doubts", find_doubts)
graph.add_node("write", write)
graph.add_edge(START, "plan")
graph.add_edge("plan", "find_facts")
graph.add_edge("plan", "find_doubts")
graph.add_edge(["find_facts", "find_doubts"], "write")
graph.add_edge("write", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("research_write", APP, {"audience": "curious adults", **inputs})
