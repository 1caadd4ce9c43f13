"""Traces from the file that generated packages write: `.agentc/traces/<package>.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from compiler.profile.trace import Found, Step, Trace, Unreadable, make_trace

_FORMAT: Final = "agentc-trace/1"
"""The format of the lines, as the first one names it; `runtime_stubs/tracing/record.py` describes it."""


def read_spool(path: Path) -> Found:
    """Read all traces of a file; lines that were cut off are counted, not read.

    Raises:
        Unreadable: there is no such file, or it is of another format.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Unreadable(
            f"no traces in `{path}`: {reason}",
            "run the workflow first, in this folder: every run leaves a trace",
        ) from error
    header = _parsed(lines[0]) if lines else None
    if header is None or header.get("format") != _FORMAT:
        raise Unreadable(
            f"`{path}` is not a file of traces: its first line does not say `{_FORMAT}`",
            "give the `.jsonl` file that the run names when it begins, or the workflow file",
        )
    parts: dict[str, list[Mapping[str, Any]]] = {}
    unreadable = 0
    for line in lines[1:]:
        record = _parsed(line)
        if record is None or not isinstance(record.get("spans"), list):
            unreadable += 1
            continue
        earlier = parts.pop(str(record.get("trace")), [])
        parts[str(record.get("trace"))] = [*earlier, record]
    traces: list[Trace] = []
    for id, records in parts.items():
        try:
            trace = _trace(id, records)
        except (KeyError, TypeError, ValueError):
            trace = None
        unreadable += trace is None
        traces += [trace] if trace is not None else []
    return Found(tuple(traces), unreadable)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _trace(id: str, records: Iterable[Mapping[str, Any]]) -> Trace | None:
    known = list(records)
    last = known[-1]
    steps = [_step(span) for record in known for span in record["spans"]]
    return make_trace(id, str(last["workflow"]), bool(last["simulated"]), steps)


def _step(span: Mapping[str, Any]) -> Step:
    tokens = span.get("tokens") or {}
    facts = span.get("attributes") or {}
    return Step(
        id=str(span["id"]),
        parent=None if span["parent"] is None else str(span["parent"]),
        name=str(span["name"]),
        kind=str(span["kind"]),
        start=int(span["start"]),
        end=int(span["end"]),
        status=str(span["status"]),
        model=span.get("model"),
        cost=span.get("cost"),
        input_tokens=int(tokens.get("input", 0)),
        output_tokens=int(tokens.get("output", 0)),
        is_free=bool(facts.get("simulated") or facts.get("from_cache")),
    )
