"""Traces to deliver, made without running anything."""

import json
import os
from pathlib import Path

from runtime_stubs.tracing.record import SpanRecord, TraceRecord
from runtime_stubs.tracing.spool import Spool

SECOND = 1_000_000_000


def made_trace(number: int = 0, *, session: str | None = None, text: str = "hi") -> TraceRecord:
    """Return the trace of a run with one node that called one model."""
    start = 1_800_000_000 * SECOND + number * SECOND
    spans: list[SpanRecord] = [
        {
            "id": os.urandom(8).hex(),
            "parent": None,
            "name": "w",
            "kind": "workflow",
            "start": start,
            "end": start + SECOND,
            "status": "ok",
            "inputs": {"number": number},
            "outputs": {"text": text},
        }
    ]
    spans.append(
        {
            **spans[0],
            "id": os.urandom(8).hex(),
            "parent": spans[0]["id"],
            "name": "write",
            "kind": "node",
            "place": "w.yaml:3",
        }
    )
    spans.append(
        {
            **spans[1],
            "id": os.urandom(8).hex(),
            "parent": spans[1]["id"],
            "name": "openai/gpt-4o",
            "kind": "llm",
            "model": "openai/gpt-4o",
            "tokens": {"input": 10, "output": 5, "cached": 4},
            "cost": 0.25,
            "inputs": [{"role": "user", "content": "hi"}],
        }
    )
    return {
        "trace": os.urandom(16).hex(),
        "name": "w",
        "workflow": "w",
        "thread": None,
        "session": session,
        "user": "u1" if session else None,
        "simulated": False,
        "start": start,
        "end": start + SECOND,
        "status": "ok",
        "calls": 1,
        "unpriced": 0,
        "cost": 0.25,
        "tokens": {"input": 10, "output": 5, "cached": 4},
        "spans": spans,
    }


def line(trace: TraceRecord) -> bytes:
    return json.dumps(trace).encode()


def filled_spool(folder: Path, count: int) -> tuple[Spool, list[str]]:
    """Return a spool with so many traces, and their ids."""
    spool = Spool(folder / "traces" / "w.jsonl")
    spool.prepare()
    traces = [made_trace(number) for number in range(count)]
    spool.append([line(trace) for trace in traces])
    return spool, [trace["trace"] for trace in traces]
