"""Copy that a gate accepts or sends back, then translations at the same time."""

import asyncio
import json
import re
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from bench.handwritten.calling import ask_for, run

MODEL = "gemini/gemini-2.5-flash"
ROUNDS = 3


class Copy(BaseModel):
    """Advertising copy."""

    copy: str  # type: ignore[assignment]  # as the example calls it; pydantic's old method is not used


class Translation(BaseModel):
    """One translation."""

    language: str
    text: str


class State(TypedDict, total=False):
    """What the steps read and write."""

    product: str
    features: list[str]
    max_words: int
    languages: list[str]
    copy: str
    rounds: int
    complaints: list[str]
    translations: list[dict[str, str]]


async def draft(state: State) -> State:
    """Ask for copy."""
    prompt = (
        f"Write advertising copy for {state['product']}, at most {state['max_words']} words, no superlatives.\n"
        f"Mention: {json.dumps(state['features'])}\n"
        f"Avoid what was wrong last time: {json.dumps(state.get('complaints', []))}\n"
    )
    answer = await ask_for("draft", prompt, Copy, model=MODEL, max_tokens=1000)
    return {"copy": str(answer.copy), "rounds": state.get("rounds", 0) + 1}


async def gate(state: State) -> State:
    """Count words and look for forbidden ones."""
    words = re.findall(r"\w+", state["copy"].lower())
    found = [f"the word {word!r}" for word in ("best", "unique", "revolutionary") if word in words]
    if len(words) > state["max_words"]:
        found.append(f"{len(words)} words instead of {state['max_words']}")
    return {"complaints": found}


def after_gate(state: State) -> Literal["draft", "translate"]:
    """Go back for what is not accepted, three times at most."""
    return "draft" if state["complaints"] and state["rounds"] <= ROUNDS else "translate"


async def translate(state: State) -> State:
    """Ask for all translations."""

    async def ask(language: str) -> dict[str, str]:
        prompt = f"Translate into {language} and name the language.\n{state['copy']}\n"
        answer = await ask_for("translate", prompt, Translation, model=MODEL, max_tokens=1000)
        return answer.model_dump()

    return {"translations": list(await asyncio.gather(*map(ask, state["languages"])))}


graph = StateGraph(State)
graph.add_node("draft", draft)
graph.add_node("gate", gate)
graph.add_node("translate", translate)
graph.add_edge(START, "draft")
graph.add_edge("draft", "gate")
graph.add_conditional_edges("gate", after_gate, {"draft": "draft", "translate": "translate"})
graph.add_edge("translate", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    given = {"max_words": 60, "languages": ["German", "French"], **inputs}
    return await run("product_copy", APP, given)
