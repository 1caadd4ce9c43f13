"""A question is answered from the passages of a folder that fit it best."""

import asyncio
import json
from pathlib import Path
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from bench.handwritten.calling import ask_for, run
from examples.local_rag.hooks import rank

MODEL = "ollama_chat/llama3.2"
LIBRARY = Path("library")


class Answer(BaseModel):
    """What the model answers."""

    answer: str
    sources: list[str]


class State(TypedDict, total=False):
    """What the steps read and write."""

    question: str
    pattern: str
    passages: list[dict[str, object]]
    answer: str
    sources: list[str]


async def retrieve(state: State) -> State:
    """Read the files and keep the five best passages."""

    def read_and_rank() -> list[dict[str, object]]:
        files = sorted(path for path in LIBRARY.glob(state["pattern"]) if path.is_file())
        paths = [str(path.relative_to(LIBRARY)) for path in files]
        texts = [path.read_text("utf-8") for path in files]
        return rank(state["question"], paths, texts, 5)

    return {"passages": await asyncio.to_thread(read_and_rank)}


def after_retrieve(state: State) -> Literal["reply", "give_up"]:
    """Ask only if something was found."""
    return "reply" if state["passages"] else "give_up"


async def reply(state: State) -> State:
    """Answer from the passages."""
    prompt = f"Question: {state['question']}\nPassages: {json.dumps(state['passages'])}\n"
    system = "You answer from the given passages only. You name the path of every passage you used."
    answer = await ask_for("reply", prompt, Answer, model=MODEL, system=system, temperature=0)
    return {"answer": answer.answer, "sources": answer.sources}


async def give_up(state: State) -> State:
    """Say that there is nothing."""
    return {"answer": f"Nothing in the files seems to be about that: {state['question']}"}


graph = StateGraph(State)
graph.add_node("retrieve", retrieve)
graph.add_node("reply", reply)
graph.add_node("give_up", give_up)
graph.add_edge(START, "retrieve")
graph.add_conditional_edges("retrieve", after_retrieve, ["reply", "give_up"])
graph.add_edge("reply", END)
graph.add_edge("give_up", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("local_rag", APP, {"pattern": "**/*.md", "sources": [], **inputs})
