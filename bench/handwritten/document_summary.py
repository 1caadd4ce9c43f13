"""Pieces of a document, notes on each at the same time, one summary."""

import asyncio
import json
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from bench.handwritten.calling import ask_for, run

MODEL = "gemini/gemini-2.5-flash"
SIZE, OVERLAP, AT_ONCE = 6000, 200, 8


class Note(BaseModel):
    """What one piece says."""

    note: str


class Summary(BaseModel):
    """What all of it says."""

    summary: str


class State(TypedDict, total=False):
    """What the steps read and write."""

    document: str
    words: int
    notes: list[str]
    summary: str


async def take_notes(state: State) -> State:
    """Ask for notes on every piece, some at a time; pieces that fail are left out."""
    text = state["document"]
    pieces = [text[at : at + SIZE] for at in range(0, len(text), SIZE - OVERLAP)]
    places = asyncio.Semaphore(AT_ONCE)

    async def note(index: int, piece: str) -> str:
        prompt = (
            f"Note what part {index} of a document says: names, numbers, decisions, open questions. "
            f"Telegram style.\n\n{piece}\n"
        )
        async with places:
            return (await ask_for("take_notes", prompt, Note, model=MODEL)).note

    found = await asyncio.gather(
        *(note(index, piece) for index, piece in enumerate(pieces)), return_exceptions=True
    )
    return {"notes": [each for each in found if isinstance(each, str)]}


async def combine(state: State) -> State:
    """Ask for the summary."""
    prompt = (
        "These are notes on the parts of one document, in order. Write one summary of at most "
        f"{state['words']} words.\n\n{json.dumps(state['notes'])}\n"
    )
    return {"summary": (await ask_for("combine", prompt, Summary, model=MODEL)).summary}


graph = StateGraph(State)
graph.add_sequence([("take_notes", take_notes), ("combine", combine)])
graph.add_edge(START, "take_notes")
graph.add_edge("combine", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("document_summary", APP, inputs)
