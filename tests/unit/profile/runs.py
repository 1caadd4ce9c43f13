"""Runs with round figures, as traces and as lines of a spool."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from compiler.profile.trace import Step, Trace, make_trace

SECOND = 1_000_000_000
ROOT = "root"


def step(name: str, start: float, end: float, *, kind: str = "node", parent: str = ROOT) -> Step:
    """A step from second `start` to second `end` of its run; its id is its name and when it began."""
    return Step(f"{name}@{start:g}", parent, name, kind, round(start * SECOND), round(end * SECOND))


def call(node: Step, start: float, end: float, cost: float | None = 0.001) -> Step:
    """A model call of a node."""
    return Step(
        f"{node.id}/call@{start:g}",
        node.id,
        "openai/gpt-4.1-nano",
        "llm",
        round(start * SECOND),
        round(end * SECOND),
        model="openai/gpt-4.1-nano",
        cost=cost,
        input_tokens=10,
        output_tokens=5,
    )


def run(id: str, end: float, steps: Iterable[Step]) -> Trace:
    """A run of `end` seconds."""
    root = Step(ROOT, None, "flow", "workflow", 0, round(end * SECOND))
    made = make_trace(id, "flow", False, [root, *steps])
    assert made is not None
    return made


def write_spool(path: Path, records: Iterable[object]) -> Path:
    """Write a file as packages do."""
    header = {"spool": "s", "format": "agentc-trace/1", "dropped": 0}
    path.write_text("".join(f"{json.dumps(line)}\n" for line in (header, *records)))
    return path


def record(id: str, spans: Iterable[dict[str, object]], *, simulated: bool = False) -> object:
    """One line of a spool."""
    return {"trace": id, "workflow": "flow", "simulated": simulated, "spans": list(spans)}


def span(
    id: str, parent: str | None, start: float, end: float, **more: object
) -> dict[str, object]:
    """One span of a line."""
    times = {"start": round(start * SECOND), "end": round(end * SECOND)}
    return {"id": id, "parent": parent, "name": id, "kind": "node", "status": "ok", **times, **more}
