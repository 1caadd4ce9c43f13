# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Traces for people: one line for a run, a tree for its spans."""

import json
import time
from collections.abc import Iterator

from .record import SpanRecord, Tokens, TraceRecord

__all__ = ["trace_line", "trace_tree"]

LONGEST_VALUE = 100  # characters of an input or output
MARKS = {"ok": "", "error": "FAILED", "paused": "paused", "cancelled": "cancelled"}


def trace_line(trace: TraceRecord) -> str:
    """Return a run in one line: id, when, how long, how it ended, what it cost."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(trace["start"] / 1e9))
    parts = [
        f"tr-{trace['trace']}",
        when,
        f"{_seconds(trace['start'], trace['end']):>9}",
        f"{trace['status']:<9}",
        _spent(trace),
        trace["name"],
    ]
    return "  ".join(parts)


def trace_tree(trace: TraceRecord) -> Iterator[str]:
    """Yield the lines of a trace."""
    yield trace_line(trace)
    named = {"thread": trace["thread"], "session": trace["session"], "user": trace["user"]}
    facts = [f"{name} {value}" for name, value in named.items() if value is not None]
    if trace["simulated"]:
        facts.append("simulated")
    if facts:
        yield ", ".join(facts)
    known = {span["id"] for span in trace["spans"]}
    below: dict[str | None, list[SpanRecord]] = {}
    for span in sorted(trace["spans"], key=lambda each: each["start"]):
        parent = span["parent"] if span["parent"] in known else None
        below.setdefault(parent, []).append(span)
    waiting = [(span, "") for span in reversed(below.get(None, []))]
    while waiting:
        span, indent = waiting.pop()
        yield f"{indent}{_title(span, trace['start'])}"
        for line in _details(span):
            yield f"{indent}    {line}"
        waiting += [(each, f"{indent}  ") for each in reversed(below.get(span["id"], []))]


def _title(span: SpanRecord, start: int) -> str:
    parts = [f"{span['kind']} {span['name']}"]
    if span["kind"] == "node" and "place" in span:
        parts[0] += f" ({span['place']})"
    parts.append(f"+{(span['start'] - start) / 1e9:.3f} s, {_seconds(span['start'], span['end'])}")
    if "tokens" in span:
        parts.append(_tokens(span["tokens"]))
        parts.append(f"${span['cost']:.6f}" if "cost" in span else "unpriced")
    parts.append(MARKS.get(span["status"], span["status"]))
    return "  ".join(part for part in parts if part)


def _details(span: SpanRecord) -> Iterator[str]:
    error = span.get("error")
    if error is not None:
        message = error.get("message")
        yield f"! {error['kind']}{f': {_short(message)}' if message else ''}"
    if "inputs" in span:
        yield f"< {_short(span['inputs'])}"
    if "outputs" in span:
        yield f"> {_short(span['outputs'])}"
    for name, value in span.get("attributes", {}).items():
        yield f"{name}: {_short(value)}"


def _spent(trace: TraceRecord) -> str:
    if not trace["calls"]:
        return "no model calls"
    calls = f"{trace['calls']} model call{'s' if trace['calls'] != 1 else ''}"
    if trace["unpriced"] == trace["calls"]:
        cost = "unpriced"
    else:
        cost = f"${trace['cost']:.6f}"
        cost += f" + {trace['unpriced']} unpriced" if trace["unpriced"] else ""
    return f"{calls}, {_tokens(trace['tokens'])}, {cost}"


def _tokens(tokens: Tokens) -> str:
    cached = f" ({tokens['cached']} cached)" if tokens["cached"] else ""
    return f"{tokens['input']}{cached} + {tokens['output']} tokens"


def _seconds(start: int, end: int) -> str:
    return f"{(end - start) / 1e9:.3f} s"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # Escapes in what models write must not reach the terminal.
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
