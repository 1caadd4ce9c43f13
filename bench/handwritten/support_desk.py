"""A message is sorted, and the right specialist answers it."""

from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

from bench.handwritten.calling import ask_for, run

SMALL, LARGE = "anthropic/claude-haiku-4-5", "anthropic/claude-sonnet-4-5"
ORDERS = {"1001": ("on its way", 2), "1002": ("delivered", 0)}


class Sorted(BaseModel):
    """What kind of message it is."""

    kind: Literal["billing", "delivery", "technical", "other"]
    urgent: bool


class Reply(BaseModel):
    """What the customer reads."""

    reply: str


class State(TypedDict, total=False):
    """What the steps read and write."""

    message: str
    order_number: str
    kind: str
    urgent: bool
    order: tuple[str, int]
    reply: str


EXAMPLES = (
    ("You charged me twice!", '{"kind": "billing", "urgent": true}'),
    ("The app shows a white page since yesterday.", '{"kind": "technical", "urgent": false}'),
)


async def sort(state: State) -> State:
    """Ask what kind it is."""
    system = "You sort messages for the support desk of an online shop."
    answer = await ask_for(
        "sort",
        state["message"],
        Sorted,
        model=SMALL,
        system=system,
        examples=EXAMPLES,
        temperature=0,
    )
    return {"kind": answer.kind, "urgent": answer.urgent}


def after_sort(state: State) -> str:
    """Choose who answers."""
    kind = state["kind"]
    if kind == "other" or (kind == "technical" and state["urgent"]):
        return "escalate"
    return {"delivery": "look_up", "billing": "answer_billing"}.get(kind, "answer_technical")


async def look_up(state: State) -> State:
    """Ask the order system."""
    order = ORDERS.get(state["order_number"].strip().lstrip("#"))
    return {"order": order} if order else {"reply": "Could you send me the number of your order?"}


def after_look_up(state: State) -> str:
    """Answer what is known."""
    return "answer_delivery" if "order" in state else "__end__"


async def answer_delivery(state: State) -> State:
    """Answer about a delivery."""
    status, late = state["order"]
    prompt = (
        "Answer this message about a delivery, friendly and in at most five sentences.\n"
        f"Message: {state['message']}\nOrder {state['order_number']}: {status}, {late} days late.\n"
    )
    answer = await ask_for("answer_delivery", prompt, Reply, model=SMALL, temperature=0)
    return {"reply": answer.reply}


async def answer_billing(state: State) -> State:
    """Answer about a bill."""
    prompt = (
        "Answer this message about a bill. Promise nothing; say that accounting looks at it within a day.\n"
        f"Message: {state['message']}\n"
    )
    return {"reply": (await ask_for("answer_billing", prompt, Reply, model=LARGE)).reply}


async def answer_technical(state: State) -> State:
    """Answer a technical question."""
    prompt = f"Answer this technical question with numbered steps.\nMessage: {state['message']}\n"
    return {"reply": (await ask_for("answer_technical", prompt, Reply, model=LARGE)).reply}


async def escalate(state: State) -> State:
    """Leave it to a person."""
    return {"reply": f"A colleague answers your message today (subject: {state['kind']})."}


graph = StateGraph(State)
for step in (sort, look_up, answer_delivery, answer_billing, answer_technical, escalate):
    graph.add_node(step.__name__, step)
graph.add_edge(START, "sort")
graph.add_conditional_edges(
    "sort", after_sort, ["escalate", "look_up", "answer_billing", "answer_technical"]
)
graph.add_conditional_edges(
    "look_up", after_look_up, {"answer_delivery": "answer_delivery", "__end__": END}
)
for last in ("answer_delivery", "answer_billing", "answer_technical", "escalate"):
    graph.add_edge(last, END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("support_desk", APP, inputs)
