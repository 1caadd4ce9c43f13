"""Small refunds are paid at once, large ones wait for a person; runs are saved in SQLite."""

import asyncio
import functools
import time
import uuid
from typing import Any, Literal, TypedDict

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from bench.handwritten.calling import ask, run
from examples.refund_approval.hooks import pay as transfer

MODEL = "openai/gpt-4.1-mini"
PATIENCE = 3 * 86_400


class State(TypedDict, total=False):
    """What the steps read and write."""

    customer: str
    amount: float
    reason: str
    is_small: bool
    advice: str
    decision: Literal["approve", "reject"]
    receipt: str
    letter: str


async def triage(state: State) -> State:
    """Look at the amount."""
    return {"is_small": state["amount"] <= 50}


def after_triage(state: State) -> Literal["pay", "advise"]:
    """Ask nobody about small amounts."""
    return "pay" if state["is_small"] else "advise"


async def advise(state: State) -> State:
    """Ask for a second opinion."""
    prompt = (
        f"A customer wants {state['amount']} euros back. Reason: {state['reason']}\n"
        "In two sentences: what speaks for it, what against it?\n"
    )
    return {"advice": await ask("advise", prompt, model=MODEL, temperature=0)}


async def decide(state: State) -> State:
    """Wait for a person."""
    question = (
        f"{state['customer']} wants {state['amount']} euros back: {state['reason']}\n"
        f"Advice: {state['advice']}\n"
    )
    until = time.time() + PATIENCE
    return {"decision": interrupt({"question": question, "until": until})}


async def pay(state: State) -> State:
    """Send the money, unless it was refused."""
    if state.get("decision", "approve") != "approve":
        return {"receipt": ""}
    return {"receipt": await asyncio.to_thread(transfer, state["customer"], state["amount"])}


async def write_letter(state: State) -> State:
    """Tell the customer."""
    prompt = (
        f"Write three friendly sentences to {state['customer']}: the refund of {state['amount']} euros was "
        f'decided as "{state.get("decision", "approve")}".\n'
        f"Mention the receipt if there is one: {state['receipt']}\n"
    )
    return {"letter": await ask("write_letter", prompt, model=MODEL, temperature=0)}


graph = StateGraph(State)
for step in (triage, advise, decide, pay, write_letter):
    graph.add_node(step.__name__, step)
graph.add_edge(START, "triage")
graph.add_conditional_edges("triage", after_triage, ["pay", "advise"])
graph.add_edge("advise", "decide")
graph.add_edge("decide", "pay")
graph.add_edge("pay", "write_letter")
graph.add_edge("write_letter", END)


@functools.cache
def opening() -> asyncio.Task[Any]:
    """Open the database once for all runs of the process."""

    async def opened() -> Any:
        saver = AsyncSqliteSaver(await aiosqlite.connect("refunds.sqlite"))
        await saver.setup()
        return graph.compile(checkpointer=saver)

    return asyncio.create_task(opened())


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow until it ends or waits for a person, each step saved before the next."""
    return await _saved(uuid.uuid4().hex, inputs)


async def resume(thread: str, answer: Literal["approve", "reject"]) -> dict[str, Any]:
    """Go on with a person's answer; one that comes too late is a refusal."""
    state = await (await opening()).aget_state({"configurable": {"thread_id": thread}})
    in_time = time.time() <= state.interrupts[0].value["until"]
    return await _saved(thread, Command(resume=answer if in_time else "reject"))


async def _saved(thread: str, given: Any) -> dict[str, Any]:
    config = {"configurable": {"thread_id": thread}}
    return await run("refund_approval", await opening(), given, config=config, durability="sync")
