# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of a server in one SQLite file: what was accepted is stored before anybody is told."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ..errors import InputError, PendingQuestion
from .ports import KeyReused
from .record import Draft, RunRecord

__all__ = ["Registry"]

T = TypeVar("T")

MAX_ATTEMPTS = 3  # a run that was begun so often and never ended may be what stops the server
KEEP_DELIVERIES = 30 * 24 * 3600.0  # seconds; longer than any sender repeats a delivery

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    inputs TEXT NOT NULL,
    simulate INTEGER NOT NULL,
    session TEXT,
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
CREATE TABLE IF NOT EXISTS deliveries (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    run TEXT,
    received REAL NOT NULL,
    PRIMARY KEY (source, key)
) WITHOUT ROWID;
"""


class Registry:
    """The file at `path`; every call is one transaction, made in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1, "registry")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Held as long as the server lives: two of them must not run each other's runs.
        self._lock = sqlite3.connect(f"{path}-lock", isolation_level=None, timeout=0)
        try:
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise InputError([f"another server uses `{path}`: {error}"]) from error
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._db.execute("PRAGMA journal_mode = wal")
        self._db.execute("PRAGMA synchronous = full")  # what was accepted survives a power cut
        self._db.executescript(_SCHEMA)

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def transaction() -> T:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._db)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            return result

        return await asyncio.get_running_loop().run_in_executor(self._thread, transaction)

    async def close(self) -> None:
        """Close the file after the last transaction."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()
        self._lock.close()

    async def recover(self) -> int:
        """Queue the runs again that were going on when the last server ended; return how many."""
        crashed = _json(
            {
                "error": {
                    "kind": "ServerStopped",
                    "message": f"the server stopped {MAX_ATTEMPTS} times while the run was going on",
                }
            }
        )

        def work(db: sqlite3.Connection) -> int:
            db.execute(  # the last of each source stays: schedules go on from there
                "DELETE FROM deliveries WHERE received < ? AND (source, key) NOT IN "
                "(SELECT source, max(key) FROM deliveries GROUP BY source)",
                (time.time() - KEEP_DELIVERIES,),
            )
            db.execute(
                "UPDATE runs SET status = 'failed', outcome = ?, finished = ? "
                "WHERE status = 'running' AND attempts >= ?",
                (crashed, time.time(), MAX_ATTEMPTS),
            )
            return db.execute("UPDATE runs SET status = 'queued' WHERE status = 'running'").rowcount

        return await self._do(work)

    async def add(self, draft: Draft) -> tuple[str, bool]:
        """Store a run; return its id and whether it is new: a known key gives the earlier run.

        Raises:
            KeyReused: the key stood for something else before.
        """
        run = os.urandom(8).hex()

        def work(db: sqlite3.Connection) -> tuple[str, bool]:
            now = time.time()
            if draft.key is not None:
                known = db.execute(
                    "SELECT run, digest FROM deliveries WHERE source = ? AND key = ?",
                    (draft.source, draft.key),
                ).fetchone()
                if known is not None:
                    if known[1] != draft.digest:
                        raise KeyReused(f"the key `{draft.key}` came with another content before")
                    return str(known[0]), False
                db.execute(
                    "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?)",
                    (draft.source, draft.key, draft.digest, run, now),
                )
            status, outcome, finished = "queued", "{}", None
            if draft.error is not None:
                status, outcome, finished = "failed", _json({"error": draft.error}), now
            db.execute(
                "INSERT INTO runs (id, status, source, inputs, simulate, session, created, "
                "finished, outcome, reply_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run,
                    status,
                    draft.source,
                    _json(draft.inputs),
                    draft.simulate,
                    draft.session,
                    now,
                    finished,
                    outcome,
                    draft.reply_to,
                ),
            )
            return run, True

        return await self._do(work)

    async def get(self, run: str) -> RunRecord | None:
        """Return a run."""
        return await self._do(lambda db: _first(db, "WHERE id = ?", (run,)))

    async def take(self) -> RunRecord | None:
        """Mark the oldest queued run as running and return it.

        A paused run whose question may wait no longer counts as queued.
        """

        def work(db: sqlite3.Connection) -> RunRecord | None:
            found = _first(db, "WHERE wake <= ? ORDER BY wake LIMIT 1", (time.time(),)) or _first(
                db, "WHERE status = 'queued' ORDER BY number LIMIT 1", ()
            )
            if found is None:
                return None
            db.execute(
                "UPDATE runs SET status = 'running', attempts = attempts + 1, wake = NULL "
                "WHERE id = ?",
                (found.id,),
            )
            return _first(db, "WHERE id = ?", (found.id,))

        return await self._do(work)

    async def end(
        self,
        run: str,
        status: str,
        outcome: Mapping[str, object],
        questions: Iterable[PendingQuestion] = (),
        *,
        replies: bool = False,
    ) -> None:
        """Store how a run ended or what it waits for; `replies`: its sender is to be told."""
        asked = list(questions)
        deadlines = [each.deadline for each in asked if each.deadline is not None]
        values = (
            status,
            _json(outcome),
            _json([_question(each) for each in asked]),
            min(deadlines, default=None),
            None if status == "paused" else time.time(),
            time.time() if replies else None,
            run,
        )
        await self._do(
            lambda db: db.execute(
                "UPDATE runs SET status = ?, outcome = ?, questions = ?, wake = ?, finished = ?, "
                "answers = '[]', attempts = 0, reply_at = ? WHERE id = ?",
                values,
            )
        )

    async def requeue(self, run: str) -> None:
        """Put a run back that the server had to leave; this is no fault of the run."""
        await self._do(
            lambda db: db.execute(
                "UPDATE runs SET status = 'queued', attempts = attempts - 1 WHERE id = ?", (run,)
            )
        )

    async def answer(self, run: str, answers: Iterable[str]) -> bool:
        """Queue a paused run with its answers; return False if it does not wait any more."""
        values = (_json(list(answers)), run)
        return await self._do(
            lambda db: (
                db.execute(
                    "UPDATE runs SET status = 'queued', answers = ?, attempts = 0, wake = NULL, "
                    "outcome = '{}' WHERE id = ? AND status = 'paused'",
                    values,
                ).rowcount
                == 1
            )
        )

    async def cancel(self, run: str) -> bool:
        """Cancel a run that is not going on; return False if it is, or has ended."""
        return await self._do(
            lambda db: (
                db.execute(
                    "UPDATE runs SET status = 'cancelled', finished = ?, wake = NULL "
                    "WHERE id = ? AND status IN ('queued', 'paused')",
                    (time.time(), run),
                ).rowcount
                == 1
            )
        )

    async def counts(self) -> dict[str, int]:
        """Return how many runs there are of each status that can still change."""
        sql = (
            "SELECT status, count(*) FROM runs "
            "WHERE status IN ('queued', 'running', 'paused') GROUP BY status"
        )
        return await self._do(lambda db: dict(db.execute(sql).fetchall()))

    async def next_wake(self) -> float | None:
        """Return when the first paused run stops waiting."""
        return await self._do(lambda db: db.execute("SELECT min(wake) FROM runs").fetchone()[0])

    async def due_reply(self) -> RunRecord | None:
        """Return a run whose sender is to be told now."""
        where = "WHERE reply_at <= ? ORDER BY reply_at LIMIT 1"
        return await self._do(lambda db: _first(db, where, (time.time(),)))

    async def next_reply(self) -> float | None:
        """Return when the next reply is due."""
        return await self._do(lambda db: db.execute("SELECT min(reply_at) FROM runs").fetchone()[0])

    async def replied(self, run: str, again_at: float | None) -> None:
        """Note an attempt to reply; `again_at`: when the next one is due, None for never."""
        await self._do(
            lambda db: db.execute(
                "UPDATE runs SET reply_at = ?, reply_tries = reply_tries + 1 WHERE id = ?",
                (again_at, run),
            )
        )

    async def note(self, source: str, key: str) -> None:
        """Remember a delivery that starts no run."""
        values = (source, key, "", None, time.time())
        sql = "INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, ?, ?)"
        await self._do(lambda db: db.execute(sql, values))

    async def last_key(self, source: str) -> str | None:
        """Return the greatest key a source has delivered."""
        sql = "SELECT max(key) FROM deliveries WHERE source = ?"
        return await self._do(lambda db: db.execute(sql, (source,)).fetchone()[0])


_COLUMNS = (
    "id, status, source, inputs, simulate, session, created, finished, attempts, answers, outcome, "
    "questions, reply_to, reply_tries"
)


def _first(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> RunRecord | None:
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
        attempts=row[8],
        answers=tuple(json.loads(row[9])),
        outcome=json.loads(row[10]),
        questions=tuple(PendingQuestion(**each) for each in json.loads(row[11])),
        reply_to=row[12],
        reply_tries=row[13],
    )


def _question(question: PendingQuestion) -> dict[str, object]:
    return {
        "id": question.id,
        "node": question.node,
        "ask": question.ask,
        "choices": list(question.choices),
        "deadline": question.deadline,
        "default": question.default,
    }


def _json(value: object) -> str:
    return json.dumps(value, default=str)
