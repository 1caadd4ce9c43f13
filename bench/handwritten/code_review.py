"""Three reviewers and three voters look at a change at the same time, then a comment is written."""

import asyncio
import json
import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.calling import ask_for, run

REVIEWER, VOTER = "openai/gpt-4.1", "openai/gpt-4.1-nano"
SEATS = ("user", "attacker", "operator")


class Remark(BaseModel):
    """One remark."""

    line: int
    text: str
    blocking: bool


class Remarks(BaseModel):
    """What a reviewer says."""

    remarks: list[Remark]


class Rated(Remarks):
    """What a reviewer says who also judges the risk."""

    risk: int = Field(description="From 0 (none) to 10")


class Vote(BaseModel):
    """What a voter says."""

    yes: bool


class Comment(BaseModel):
    """What the author of the change reads."""

    message: str


def higher(one: int, other: int) -> int:
    """Return the higher risk; LangGraph cannot look into the built-in function."""
    return max(one, other)


class State(TypedDict, total=False):
    """What the steps read and write."""

    change: str
    remarks: Annotated[list[Remark], operator.add]
    risk: Annotated[int, higher]
    votes: list[bool]
    verdict: str
    message: str


async def check_security(state: State) -> State:
    """Look for security problems."""
    prompt = f"Review this change for security problems only.\n{state['change']}"
    answer = await ask_for("check_security", prompt, Rated, model=REVIEWER)
    return {"remarks": answer.remarks, "risk": answer.risk}


async def check_speed(state: State) -> State:
    """Look for slow code."""
    prompt = f"Review this change for slow code only.\n{state['change']}"
    answer = await ask_for("check_speed", prompt, Rated, model=REVIEWER)
    return {"remarks": answer.remarks, "risk": answer.risk}


async def check_clarity(state: State) -> State:
    """Look at names, structure and comments."""
    prompt = f"Review this change for names, structure and comments only.\n{state['change']}"
    return {"remarks": (await ask_for("check_clarity", prompt, Remarks, model=REVIEWER)).remarks}


async def vote(state: State) -> State:
    """Ask all voters."""

    async def ask(seat: str) -> bool:
        prompt = f"You are the {seat} of this program. May this change go live as it is?\n{state['change']}\n"
        return (await ask_for("vote", prompt, Vote, model=VOTER, temperature=1)).yes

    return {"votes": list(await asyncio.gather(*map(ask, SEATS)))}


async def write_comment(state: State) -> State:
    """Decide, and ask for a comment."""
    risk, votes = state["risk"], state["votes"]
    verdict = "reject" if risk >= 8 else "merge" if all(votes) and risk <= 3 else "discuss"
    remarks = json.dumps([remark.model_dump() for remark in state["remarks"]])
    prompt = (
        f"Write a comment for the author of a change. Verdict: {verdict}. Risk: {risk} of 10. Votes: {votes}.\n"
        f"Group these remarks by file and put the blocking ones first: {remarks}\n"
    )
    answer = await ask_for("write_comment", prompt, Comment, model=REVIEWER)
    return {"verdict": verdict, "message": answer.message}


graph = StateGraph(State)
CHECKS = ("check_security", "check_speed", "check_clarity", "vote")
for name, step in zip(CHECKS, (check_security, check_speed, check_clarity, vote), strict=True):
    graph.add_node(name, step)
    graph.add_edge(START, name)
graph.add_node("write_comment", write_comment)
graph.add_edge([*CHECKS], "write_comment")
graph.add_edge("write_comment", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("code_review", APP, inputs)
