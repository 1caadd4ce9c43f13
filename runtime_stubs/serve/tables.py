# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The rows of runs as records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..errors import PendingQuestion
from .record import RunRecord
from .store import Transaction, Value

__all__ = ["as_json", "first", "records", "told_status"]

_COLUMNS = (
    "id, status, source, inputs, simulate, session, created, finished, answers, outcome, "
    'questions, reply_to, reply_tries, "user", attempts, turn'
)


def first(db: Transaction, where: str, values: Sequence[Value]) -> RunRecord | None:
    """Return the first run that a condition selects."""
    return next(iter(records(db, where, values)), None)


def records(db: Transaction, where: str, values: Sequence[Value]) -> list[RunRecord]:
    """Return the runs that a condition selects."""
    # The text is put together from constants of this package only.
    return [_record(row) for row in db.rows(f"SELECT {_COLUMNS} FROM agentc_runs {where}", values)]


def told_status(status: str) -> str:
    """Return what clients are told: a run that was handed to workers waits until one begins it."""
    return "queued" if status == "handed" else status


def _record(row: Sequence[Any]) -> RunRecord:
    return RunRecord(
        id=row[0],
        status=told_status(row[1]),
        source=row[2],
        inputs=json.loads(row[3]),
        simulate=bool(row[4]),
        session=row[5],
        created=row[6],
        finished=row[7],
        answers=tuple(json.loads(row[8])),
        outcome=json.loads(row[9]),
        questions=tuple(PendingQuestion(**each) for each in json.loads(row[10])),
        reply_to=row[11],
        reply_tries=row[12],
        user=row[13],
        attempts=row[14],
        turn=row[15],
    )


def as_json(value: object) -> str:
    """Return a value as it is stored."""
    return json.dumps(value, default=str)
