# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The tables of a server as SQL, for SQLite and for PostgreSQL: runs, their events, deliveries."""

from __future__ import annotations

__all__ = ["postgres_steps", "sqlite_tables"]

_SQLITE = {"serial": "INTEGER", "bytewise": "", "by_key": "WITHOUT ROWID"}
_POSTGRES = {
    "serial": "BIGINT GENERATED ALWAYS AS IDENTITY",
    # The greatest key must be the same one in all databases, whatever language they sort by.
    "bytewise": 'COLLATE "C"',
    "by_key": "",
}

# `status` is what clients are told, or `handed`: the run is in a queue and no worker has begun it.
# Times are seconds since the epoch by the clock of the server. `flow` is the package of the
# workflow where many share a database, and empty in a file, which belongs to one.
_FIRST = (
    """
CREATE TABLE IF NOT EXISTS agentc_runs (
    number {serial} PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    flow TEXT NOT NULL,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    inputs TEXT NOT NULL,
    simulate INTEGER NOT NULL,
    session TEXT,
    "user" TEXT,
    created DOUBLE PRECISION NOT NULL,
    finished DOUBLE PRECISION,
    attempts INTEGER NOT NULL DEFAULT 0,
    turn INTEGER NOT NULL DEFAULT 0,
    answers TEXT NOT NULL DEFAULT '[]',
    outcome TEXT NOT NULL DEFAULT '{{}}',
    questions TEXT NOT NULL DEFAULT '[]',
    wake DOUBLE PRECISION,
    reply_to TEXT,
    reply_tries INTEGER NOT NULL DEFAULT 0,
    reply_at DOUBLE PRECISION
)""",
    "CREATE INDEX IF NOT EXISTS agentc_runs_by_status ON agentc_runs (flow, status, number)",
    """
CREATE INDEX IF NOT EXISTS agentc_runs_by_wake ON agentc_runs (flow, wake)
WHERE wake IS NOT NULL""",
    """
CREATE INDEX IF NOT EXISTS agentc_runs_by_reply ON agentc_runs (flow, reply_at)
WHERE reply_at IS NOT NULL""",
    """
CREATE INDEX IF NOT EXISTS agentc_runs_by_end ON agentc_runs (flow, finished)
WHERE finished IS NOT NULL""",
    """
CREATE TABLE IF NOT EXISTS agentc_events (
    run TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, number)
) {by_key}""",
    """
CREATE TABLE IF NOT EXISTS agentc_deliveries (
    flow TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT {bytewise} NOT NULL,
    digest TEXT NOT NULL,
    run TEXT,
    received DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (flow, source, key)
) {by_key}""",
)
# Which server has the runs of a flow, or had them last.
_SERVERS = """
CREATE TABLE IF NOT EXISTS agentc_servers (
    flow TEXT PRIMARY KEY,
    server TEXT NOT NULL,
    since DOUBLE PRECISION NOT NULL
)"""


def sqlite_tables() -> list[str]:
    """Return what makes the tables in a file."""
    return [each.format(**_SQLITE) for each in _FIRST]


def postgres_steps() -> dict[str, list[str]]:
    """Return what makes or changes the tables in PostgreSQL, by revision of the migrations."""
    return {"1": [*(each.format(**_POSTGRES) for each in _FIRST), _SERVERS]}
