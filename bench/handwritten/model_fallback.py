"""The mood of a text, from the first of three models that answers; answers are kept for an hour."""

import asyncio
import os
from typing import Any, Literal, TypedDict

import openai
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field, ValidationError

from bench.handwritten.answers import Answers
from bench.handwritten.calling import ask_for, run

ANSWERS = Answers(3600)
MODELS: tuple[dict[str, Any], ...] = (  # the first one twice, a second later
    {"model": "openai/gpt-4.1-nano", "timeout": 20},
    {"model": "openai/gpt-4.1-nano", "timeout": 20},
    {"model": "anthropic/claude-haiku-4-5", "timeout": 30},
    {"model": "ollama_chat/llama3.2", "api_base": os.environ.get("OLLAMA_URL")},
)


class Rating(BaseModel):
    """How the writer feels."""

    mood: Literal["angry", "sad", "neutral", "happy", "unknown"]
    intensity: float = Field(description="From 0 to 1")


class State(TypedDict, total=False):
    """What goes in and comes out."""

    text: str
    mood: str
    intensity: float


async def rate(state: State) -> State:
    """Ask one model after the other."""
    prompt = f"How does the writer of this text feel?\n{state['text']}\n"

    async def ask() -> Rating:
        for number, settings in enumerate(MODELS):
            try:
                return await ask_for("rate", prompt, Rating, **settings)
            except (openai.OpenAIError, ValidationError):  # LiteLLM's errors are OpenAI's
                if number == len(MODELS) - 1:
                    raise
                if settings == MODELS[number + 1]:
                    await asyncio.sleep(1)
        raise AssertionError("there are models")

    try:
        rating = await ANSWERS.get(prompt, Rating, ask)
    except (openai.OpenAIError, ValidationError):
        return {"mood": "unknown", "intensity": 0}
    return {"mood": rating.mood, "intensity": rating.intensity}


graph = StateGraph(State)
graph.add_node("rate", rate)
graph.add_edge(START, "rate")
graph.add_edge("rate", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("model_fallback", APP, inputs)
