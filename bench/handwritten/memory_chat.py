"""A chat that remembers earlier turns and facts about the person, in SQLite with full-text search."""

import asyncio
import functools
import json
import re
import sqlite3
import threading
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.calling import ask, ask_for, run

MODEL = "ollama_chat/llama3.2"


class Fact(BaseModel):
    """Something about the person."""

    subject: str
    statement: str


class Extracted(BaseModel):
    """What a message tells."""

    fact: Fact | None = Field(
        description="Something worth remembering about the person; null if there is nothing"
    )


class State(TypedDict, total=False):
    """What the steps read and write."""

    message: str
    session: str
    reply: str
    fact: Fact | None
    known: list[Fact]


SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS turns (id INTEGER PRIMARY KEY, session TEXT, prompt TEXT, reply TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS memories USING fts5 (session UNINDEXED, kind UNINDEXED, text);
"""
ADD = "INSERT INTO memories (session, kind, text) VALUES (?, ?, ?)"


class Memory:
    """Turns and facts of all sessions in one file."""

    def __init__(self, path: str = "chat.sqlite") -> None:
        self._path = path
        self._lock = threading.Lock()

    @functools.cached_property
    def _database(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, check_same_thread=False)
        database.executescript(SCHEMA)
        return database

    def recall(self, session: str, message: str) -> tuple[list[str], list[tuple[str, str]]]:
        """Return the three memories that fit a message best, and the last ten turns."""
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", message)) or '""'
        with self._lock:
            found = self._database.execute(
                "SELECT text FROM memories WHERE text MATCH ? AND session = ? ORDER BY rank LIMIT 3",
                (words, session),
            ).fetchall()
            turns = self._database.execute(
                "SELECT prompt, reply FROM turns WHERE session = ? ORDER BY id DESC LIMIT 10",
                (session,),
            ).fetchall()
        return [row[0] for row in found], turns[::-1]

    def add_turn(self, session: str, prompt: str, reply: str) -> None:
        """Keep what was said."""
        with self._lock, self._database as database:
            database.execute(
                "INSERT INTO turns (session, prompt, reply) VALUES (?, ?, ?)",
                (session, prompt, reply),
            )
            database.execute(ADD, (session, "turn", f"{prompt}\n{reply}"))

    def set_fact(self, session: str, fact: Fact) -> None:
        """Keep the last fact, in place of the one before."""
        with self._lock, self._database as database:
            database.execute("DELETE FROM memories WHERE session = ? AND kind = 'fact'", (session,))
            database.execute(ADD, (session, "fact", f"{fact.subject}: {fact.statement}"))


MEMORY = Memory()


async def answer(state: State) -> State:
    """Answer with what is remembered."""
    session, message = state["session"], state["message"]
    memories, turns = await asyncio.to_thread(MEMORY.recall, session, message)
    prompt = f"You remember: {json.dumps(memories)}\n{message}\n"
    system = "You are a friendly companion. You use what you remember and never invent memories."
    reply = await ask("answer", prompt, model=MODEL, system=system, history=turns)
    await asyncio.to_thread(MEMORY.add_turn, session, message, reply)
    return {"reply": reply}


async def extract(state: State) -> State:
    """Look for something that lasts."""
    prompt = (
        "Does this message tell something lasting about the person who wrote it? If not, answer null.\n"
        f"{state['message']}\n"
    )
    return {"fact": (await ask_for("extract", prompt, Extracted, model=MODEL)).fact}


def after_extract(state: State) -> Literal["remember", "__end__"]:
    """Remember only what there is."""
    return "remember" if state["fact"] else "__end__"


async def remember(state: State) -> State:
    """Keep the fact for good."""
    fact = state["fact"]
    assert fact is not None
    await asyncio.to_thread(MEMORY.set_fact, state["session"], fact)
    return {"known": [fact]}


graph = StateGraph(State)
graph.add_node("answer", answer)
graph.add_node("extract", extract)
graph.add_node("remember", remember)
graph.add_edge(START, "answer")
graph.add_edge(START, "extract")
graph.add_conditional_edges("extract", after_extract, {"remember": "remember", "__end__": END})
graph.add_edge("remember", END)
graph.add_edge("answer", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("memory_chat", APP, {"session": "default", "known": [], **inputs})
