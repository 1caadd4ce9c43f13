# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A trace as the spool keeps it: one object per run, with all its spans."""

import math
from collections.abc import Sequence
from typing import NotRequired, TypedDict

__all__ = [
    "ErrorRecord",
    "RunLabel",
    "SourceRecord",
    "SpanRecord",
    "Tokens",
    "TraceRecord",
    "call_count",
    "joined",
    "total_of",
]


class Tokens(TypedDict):
    """Tokens of model calls; `cached` ones are part of `input`."""

    input: int
    output: int
    cached: int


class ErrorRecord(TypedDict):
    """Why a span failed; the message is missing where prompts are not logged."""

    kind: str
    message: NotRequired[str]


class RunLabel(TypedDict):
    """A run of its own for one execution of a node; no `experiment`: that of the workflow."""

    experiment: str | None
    name: str


class SourceRecord(TypedDict):
    """The workflow file of a run: where it is, and what it was."""

    path: str
    sha256: str


class SpanRecord(TypedDict):
    """One piece of work. Times in nanoseconds since the epoch, cost in USD.

    kind: workflow, node, item, llm, tool, agent, sandbox or retry. status: ok, error, paused or
    cancelled. A model call without `cost` has no known price. `stored`: its outputs become a file.
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
    stored: NotRequired[bool]
    label: NotRequired[RunLabel]


class TraceRecord(TypedDict):
    """One run, or one part of a run that was paused and continued: the parts share `trace`.

    `cost`, `tokens` and `calls` are the sums over the model calls in `spans`; `unpriced` counts the
    calls whose cost is not known and therefore not in `cost`. `files`: how much of the run becomes
    files (none, minimal, standard or full).
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
    files: NotRequired[str]
    source: NotRequired[SourceRecord]
    continued: NotRequired[bool]


def call_count(spans: Sequence[SpanRecord]) -> tuple[int, int]:
    """Return the number of model calls that were answered, and of those without a known price."""
    calls = [
        span.get("attributes", {})
        for span in spans
        if span["kind"] == "llm" and span["status"] == "ok"
        if not {"from_cache", "replayed"} & span.get("attributes", {}).keys()
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


def joined(parts: Sequence[TraceRecord]) -> TraceRecord:
    """Make one trace of the parts of a run that was paused and continued, in their order."""
    spans = [span for part in parts for span in part["spans"]]
    roots = [span for span in spans if span["parent"] is None]
    last = parts[-1]
    inner = [span for span in spans if span["parent"] is not None]
    calls, unpriced = call_count(spans)
    cost, tokens = total_of(spans)
    start = min(part["start"] for part in parts)
    root = roots[-1].copy()
    root["start"] = start
    if "inputs" in roots[0]:
        root["inputs"] = roots[0]["inputs"]
    return {
        **last,
        "start": start,
        "calls": calls,
        "unpriced": unpriced,
        "cost": cost,
        "tokens": tokens,
        "spans": [root, *inner],
    }
