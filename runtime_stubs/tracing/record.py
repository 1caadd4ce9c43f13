# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A trace as the spool keeps it: one object per run, with all its spans."""

import math
from collections.abc import Sequence
from typing import NotRequired, TypedDict

__all__ = ["ErrorRecord", "SpanRecord", "Tokens", "TraceRecord", "call_count", "total_of"]


class Tokens(TypedDict):
    """Tokens of model calls; `cached` ones are part of `input`."""

    input: int
    output: int
    cached: int


class ErrorRecord(TypedDict):
    """Why a span failed; the message is missing where prompts are not logged."""

    kind: str
    message: NotRequired[str]


class SpanRecord(TypedDict):
    """One piece of work. Times in nanoseconds since the epoch, cost in USD.

    kind: workflow, node, item, llm, tool, agent, sandbox or retry. status: ok, error, paused or
    cancelled. A model call without `cost` has no known price.
    """

    id: str
    parent: str | None
    name: str
    kind: str
    start: int
    end: int
    status: str
    error: NotRequired[ErrorRecord]
    place: NotRequired[str]
    model: NotRequired[str]
    tokens: NotRequired[Tokens]
    cost: NotRequired[float]
    inputs: NotRequired[object]
    outputs: NotRequired[object]
    attributes: NotRequired[dict[str, str | float | bool]]


class TraceRecord(TypedDict):
    """One run, or one part of a run that was paused and continued: the parts share `trace`.

    `cost`, `tokens` and `calls` are the sums over the model calls in `spans`; `unpriced` counts the
    calls whose cost is not known and therefore not in `cost`.
    """

    trace: str
    name: str
    workflow: str
    thread: str | None
    session: str | None
    user: str | None
    simulated: bool
    start: int
    end: int
    status: str
    calls: int
    unpriced: int
    cost: float
    tokens: Tokens
    spans: list[SpanRecord]


def call_count(spans: Sequence[SpanRecord]) -> tuple[int, int]:
    """Return the number of model calls that were answered, and of those without a known price."""
    calls = [
        span.get("attributes", {})
        for span in spans
        if span["kind"] == "llm" and span["status"] == "ok"
        if not span.get("attributes", {}).get("from_cache")
    ]
    priced = sum("cost" in span for span in spans if span["kind"] == "llm")
    simulated = sum(bool(each.get("simulated")) for each in calls)
    return len(calls), len(calls) - simulated - priced


def total_of(spans: Sequence[SpanRecord]) -> tuple[float, Tokens]:
    """Return the cost and the tokens of all spans together; exact in whatever order they ended."""
    tokens = [span["tokens"] for span in spans if "tokens" in span]
    cost = math.fsum(span["cost"] for span in spans if "cost" in span)
    return cost, {
        "input": sum(each["input"] for each in tokens),
        "output": sum(each["output"] for each in tokens),
        "cached": sum(each["cached"] for each in tokens),
    }
