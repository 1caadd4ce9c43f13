"""An accountant with tools answers a question about files of expenses."""

import asyncio
from pathlib import Path
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.agent import run_agent, tool
from bench.handwritten.calling import run
from bench.handwritten.tools import calculator
from examples.expense_agent.hooks import exchange_rate as rate

MODEL = "openai/gpt-4.1-mini"
DATA = Path("data")


class Answer(BaseModel):
    """What the accountant answers."""

    answer: str = Field(description="One or two sentences, amounts in euros")
    sources: list[str] = Field(description="The files that were read")
    confident: bool


class State(TypedDict, total=False):
    """What goes in and comes out."""

    question: str
    answer: str
    sources: list[str]
    confident: bool


async def file_glob(pattern: str) -> list[str]:
    """List files whose path matches a pattern such as `**/*.md`."""
    found = await asyncio.to_thread(lambda: sorted(DATA.glob(pattern)))
    return [str(path.relative_to(DATA)) for path in found if path.is_file()]


async def file_read(path: str) -> str:
    """Read a text file."""
    file = (DATA / path).resolve()
    if not file.is_relative_to(DATA.resolve()):
        raise ValueError(f"`{path}` is outside of the folder")
    return await asyncio.to_thread(file.read_text, "utf-8")


async def exchange_rate(currency: str) -> float:
    """How many euros one unit of a currency is worth."""
    return rate(currency)


TOOLS = [tool(each) for each in (file_glob, file_read, calculator, exchange_rate)]
SYSTEM = (
    "You are an accountant. The expenses are CSV files. Look at the files before you answer, use the "
    "calculator for every sum, and convert all amounts to euros."
)


async def investigate(state: State) -> State:
    """Let the agent find out."""
    text = await run_agent(
        "investigate",
        state["question"],
        TOOLS,
        model=MODEL,
        max_turns=10,
        system=SYSTEM,
        temperature=0,
        response_format=Answer,
    )
    answer = Answer.model_validate_json(text)
    return {"answer": answer.answer, "sources": answer.sources, "confident": answer.confident}


graph = StateGraph(State)
graph.add_node("investigate", investigate)
graph.add_edge(START, "investigate")
graph.add_edge("investigate", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("expense_agent", APP, inputs)
