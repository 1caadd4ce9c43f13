"""A planner splits a question, workers with the web research its parts at the same time, an editor writes."""

import asyncio
import json
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.agent import run_agent, tool
from bench.handwritten.calling import ask, ask_for, run
from bench.handwritten.web import web_scrape, web_search

PLANNER, WORKER = "anthropic/claude-sonnet-4-5", "anthropic/claude-haiku-4-5"
AT_ONCE, TURNS = 4, 6
TOOLS = [tool(web_search), tool(web_scrape)]


class Task(BaseModel):
    """What one worker does."""

    title: str
    instructions: str


class Plan(BaseModel):
    """How the question is split."""

    tasks: list[Task] = Field(description="Two to five tasks that do not overlap")


class Finding(BaseModel):
    """One statement and where it is from."""

    statement: str
    url: str


class Report(BaseModel):
    """What a worker found."""

    summary: str
    findings: list[Finding]


class State(TypedDict, total=False):
    """What the steps read and write."""

    question: str
    tasks: list[Task]
    reports: list[Report]
    failures: list[str]
    answer: str


async def plan(state: State) -> State:
    """Ask for tasks."""
    prompt = (
        "Split this question into tasks that different people could research at the same time.\n"
        f"Question: {state['question']}\n"
    )
    return {"tasks": (await ask_for("plan", prompt, Plan, model=PLANNER)).tasks}


async def work(state: State) -> State:
    """Let a worker do each task, some at a time; those that fail are noted."""
    places = asyncio.Semaphore(AT_ONCE)

    async def report(index: int, task: Task) -> Report:
        prompt = (
            f"You help to answer: {state['question']}\nYour task {index}: {task.title}\n{task.instructions}\n"
            "Search, read, and report. Every finding needs the address you have it from.\n"
        )
        async with places:
            text = await run_agent(
                "work", prompt, TOOLS, model=WORKER, max_turns=TURNS, response_format=Report
            )
        return Report.model_validate_json(text)

    found = await asyncio.gather(
        *(report(index, task) for index, task in enumerate(state["tasks"])), return_exceptions=True
    )
    return {
        "reports": [each for each in found if isinstance(each, Report)],
        "failures": [str(each) for each in found if isinstance(each, BaseException)],
    }


async def merge(state: State) -> State:
    """Ask for the answer."""
    reports = json.dumps([report.model_dump() for report in state["reports"]])
    prompt = (
        f"Question: {state['question']}\nReports: {reports}\n"
        f"Could not be done: {json.dumps(state['failures'])}\n"
        "Write the answer. Say where the reports disagree.\n"
    )
    return {"answer": await ask("merge", prompt, model=PLANNER)}


graph = StateGraph(State)
graph.add_sequence([("plan", plan), ("work", work), ("merge", merge)])
graph.add_edge(START, "plan")
graph.add_edge("merge", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("research_team", APP, inputs)
