"""An invoice is read by a model, checked by arithmetic, and filed."""

import operator
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field

from bench.handwritten.answers import Answers
from bench.handwritten.calling import ask_for, run

MODEL = "openai/gpt-4.1-mini"
ANSWERS = Answers(86_400)


class Line(BaseModel):
    """One line of an invoice."""

    text: str
    quantity: float
    unit_price: float


class Address(BaseModel):
    """Who sends an invoice."""

    name: str
    city: str | None


class Invoice(BaseModel):
    """What the paper says."""

    seller: Address = Field(description="Who sends the invoice")
    number: str
    lines: list[Line]
    stated_total: float = Field(description="The total printed on the invoice")
    due: str | None = Field(description="A date as YYYY-MM-DD, null if none is given")


class State(TypedDict, total=False):
    """What the steps read and write."""

    invoice: str
    found: Invoice
    computed_total: float
    difference: float
    record: Annotated[dict[str, Any], operator.or_]


EXAMPLES = (
    (
        "ACME, Oslo. Invoice 7. 2 x pens at 1.50. Total 3.00",
        (
            '{"seller": {"name": "ACME", "city": "Oslo"}, "number": "7", "lines": [{"text": "pens", '
            '"quantity": 2, "unit_price": 1.5}], "stated_total": 3.0, "due": null}'
        ),
    ),
)


async def read(state: State) -> State:
    """Ask for the data of the invoice, once in a day."""
    prompt = (
        "Copy the data of this invoice. Numbers as on the paper, nothing computed, nothing invented.\n"
        'A line looks like {"text": "Paper", "quantity": 2, "unit_price": 3.5}.\n\n'
        f"{state['invoice']}\n"
    )

    async def ask() -> Invoice:
        return await ask_for("read", prompt, Invoice, model=MODEL, examples=EXAMPLES, temperature=0)

    return {"found": await ANSWERS.get(prompt, Invoice, ask)}


async def check(state: State) -> State:
    """Add the lines up."""
    found = state["found"]
    total = sum(
        (Decimal(str(line.quantity)) * Decimal(str(line.unit_price)) for line in found.lines),
        Decimal(0),
    )
    return {
        "computed_total": float(round(total, 2)),
        "difference": float(round(total - Decimal(str(found.stated_total)), 2)),
    }


async def file(state: State) -> State:
    """Accept it, or mark it for a person."""
    difference = state["difference"]
    if abs(difference) >= 0.005:
        return {"record": {"status": "to be checked", "difference": difference}}
    found = state["found"]
    key = f"{found.seller.name.lower()}-{found.number}"
    return {"record": {"status": "accepted", "key": key}}


graph = StateGraph(State)
graph.add_sequence([("read", read), ("check", check), ("file", file)])
graph.add_edge(START, "read")
graph.add_edge("file", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("invoice_intake", APP, {"record": {"status": "new"}, **inputs})
