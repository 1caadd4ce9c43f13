"""Traces from MLflow's SQLite database, read without MLflow."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from compiler.profile.sources.mlflow_span import make_step
from compiler.profile.trace import Found, Step, Unreadable, make_trace

# Written by MLflow 3: one row per span, its attributes as JSON, each value of which is JSON again.
_RUNS = """
SELECT info.request_id, simulated.value IS NOT NULL
FROM trace_info AS info
JOIN trace_tags AS workflow ON workflow.request_id = info.request_id
  AND workflow.key = 'workflow' AND workflow.value = ?
LEFT JOIN trace_tags AS simulated ON simulated.request_id = info.request_id
  AND simulated.key = 'simulated'
ORDER BY info.timestamp_ms DESC LIMIT ?
"""
_SPANS = """
SELECT span_id, parent_span_id, name, start_time_unix_nano, end_time_unix_nano, content
FROM spans WHERE trace_id = ?
"""


def read_database(path: Path, workflow: str, most: int) -> Found:
    """Read the last traces of a workflow.

    Raises:
        Unreadable: there is no such database, or MLflow has not filled it.
    """
    if not path.is_file():
        raise Unreadable(
            f"there is no database `{path}`",
            "traces wait in `.agentc/traces/` until MLflow is there; leave `--from` out to read them",
        )
    unreadable = 0
    traces = []
    try:
        # Read-only: a profile must not lock the store that runs write to.
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as database:
            runs = database.execute(_RUNS, (workflow, most)).fetchall()
            for id, is_simulated in reversed(runs):
                steps = [_step(row) for row in database.execute(_SPANS, (id,))]
                known = [step for step in steps if step is not None]
                trace = make_trace(str(id).removeprefix("tr-"), workflow, bool(is_simulated), known)
                unreadable += trace is None or len(known) < len(steps)
                traces += [trace] if trace is not None else []
    except sqlite3.Error as error:
        raise Unreadable(
            f"cannot read traces from `{path}`: {error}",
            "it must be the SQLite database of MLflow 3",
        ) from error
    return Found(tuple(traces), unreadable)


def _step(row: tuple[Any, ...]) -> Step | None:
    id, parent, name, start, end, content = row
    try:
        stored = json.loads(content)
        facts = {key: _value(value) for key, value in stored["attributes"].items()}
        status = str(stored["status"]["code"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if end is None:
        return None
    return make_step(id, parent, name, (start, end), status, facts)


def _value(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
