"""A translation that is reviewed and improved, three rounds at most."""

import operator
from typing import Annotated, Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.calling import ask_for, run

TRANSLATOR = "openai/gpt-4.1-mini"
REVIEWER = "anthropic/claude-sonnet-4-5"
ROUNDS = 3


class Translation(BaseModel):
    """What the translator answers."""

    translation: str


class Issue(BaseModel):
    """One problem."""

    quote: str = Field(description="The words that are wrong")
    problem: str
    severity: Literal["minor", "major"]


class Review(BaseModel):
    """What a review says."""

    score: float
    issues: list[Issue]


class ReviewAnswer(BaseModel):
    """What the reviewer answers."""

    review: Review


class State(TypedDict, total=False):
    """What the steps read and write."""

    text: str
    language: str
    translation: str
    review: Review
    history: Annotated[list[float], operator.add]


async def translate(state: State) -> State:
    """Ask for a translation."""
    review = state.get("review")
    issues = [issue.model_dump() for issue in review.issues] if review else []
    prompt = (
        f"Translate into {state['language']}. Keep tone and idioms alive.\n\nText: {state['text']}\n"
        f"Your last version: {state.get('translation', '')}\nWhat the reviewer found: {issues}\n"
    )
    answer = await ask_for("translate", prompt, Translation, model=TRANSLATOR)
    return {"translation": answer.translation}


async def check(state: State) -> State:
    """Ask for a review, and note its score."""
    prompt = (
        f"Text: {state['text']}\nTranslation into {state['language']}: {state['translation']}\n"
    )
    system = "You review translations. You score from 0 to 1 and quote every problem."
    answer = await ask_for(
        "check", prompt, ReviewAnswer, model=REVIEWER, system=system, temperature=0
    )
    return {"review": answer.review, "history": [answer.review.score]}


def after_check(state: State) -> Literal["translate", "__end__"]:
    """Go on until it is good or the rounds are used up."""
    is_over = state["review"].score >= 0.9 or len(state["history"]) >= ROUNDS
    return "__end__" if is_over else "translate"


graph = StateGraph(State)
graph.add_node("translate", translate)
graph.add_node("check", check)
graph.add_edge(START, "translate")
graph.add_edge("translate", "check")
graph.add_conditional_edges("check", after_check, {"translate": "translate", "__end__": END})
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("translation_loop", APP, inputs)
