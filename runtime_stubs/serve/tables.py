# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The tables of the registry, and their rows as records."""

from __future__ import annotations

import json
import sqlite3

from ..errors import PendingQuestion
from .record import RunRecord

__all__ = ["as_json", "first", "make_tables", "question_data"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    inputs TEXT NOT NULL,
    simulate INTEGER NOT NULL,
    session TEXT,
    user TEXT,
    created REAL NOT NULL,
    finished REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    answers TEXT NOT NULL DEFAULT '[]',
    outcome TEXT NOT NULL DEFAULT '{}',
    questions TEXT NOT NULL DEFAULT '[]',
    wake REAL,
    reply_to TEXT,
    reply_tries INTEGER NOT NULL DEFAULT 0,
    reply_at REAL
);
CREATE INDEX IF NOT EXISTS runs_by_status ON runs (status, number);
CREATE INDEX IF NOT EXISTS runs_by_wake ON runs (wake) WHERE wake IS NOT NULL;
CREATE INDEX IF NOT EXISTS runs_by_reply ON runs (reply_at) WHERE reply_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS runs_by_end ON runs (finished) WHERE finished IS NOT NULL;
CREATE TABLE IF NOT EXISTS events (
    run TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    run TEXT,
    received REAL NOT NULL,
    PRIMARY KEY (source, key)
) WITHOUT ROWID;
"""

# What files of earlier versions lack.
_ADDED = {"user": "TEXT"}

_COLUMNS = (
    "id, status, source, inputs, simulate, session, created, finished, answers, outcome, "
    "questions, reply_to, reply_tries, user"
)


def make_tables(db: sqlite3.Connection) -> None:
    """Make what is missing in the file."""
    db.executescript(_SCHEMA)
    there = {row[1] for row in db.execute("PRAGMA table_info(runs)")}
    for column, type in _ADDED.items():
        if column not in there:
            db.execute(f"ALTER TABLE runs ADD COLUMN {column} {type}")


def first(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> RunRecord | None:
    """Return the first run that a condition selects."""
    # The text is put together from constants of this module only.
    row = db.execute(f"SELECT {_COLUMNS} FROM runs {where}", values).fetchone()
    if row is None:
        return None
    return RunRecord(
        id=row[0],
        status=row[1],
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
    )


def question_data(question: PendingQuestion) -> dict[str, object]:
    """Return a question as plain data, from which it can be made again."""
    return {
        "id": question.id,
        "node": question.node,
        "ask": question.ask,
        "choices": list(question.choices),
        "deadline": question.deadline,
        "default": question.default,
    }


def as_json(value: object) -> str:
    """Return a value as it is stored."""
    return json.dumps(value, default=str)
