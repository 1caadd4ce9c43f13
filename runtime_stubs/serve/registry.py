# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of a server in one SQLite file: what was accepted is stored before anybody is told."""

from __future__ import annotations

import asyncio
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
from .tables import as_json, first, make_tables, question_data

__all__ = ["Registry"]

T = TypeVar("T")

MAX_ATTEMPTS = 3  # a run that was begun so often and never ended may be what stops the server
KEEP_DELIVERIES = 30 * 24 * 3600.0  # seconds; longer than any sender repeats a delivery


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
        make_tables(self._db)

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something to the file in one transaction."""

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
        crashed = as_json(
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

        return await self.do(work)

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
                status, outcome, finished = "failed", as_json({"error": draft.error}), now
            db.execute(
                "INSERT INTO runs (id, status, source, inputs, simulate, session, user, created, "
                "finished, outcome, reply_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run,
                    status,
                    draft.source,
                    as_json(draft.inputs),
                    draft.simulate,
                    draft.session,
                    draft.user,
                    now,
                    finished,
                    outcome,
                    draft.reply_to,
                ),
            )
            return run, True

        return await self.do(work)

    async def get(self, run: str) -> RunRecord | None:
        """Return a run."""
        return await self.do(lambda db: first(db, "WHERE id = ?", (run,)))

    async def take(self) -> RunRecord | None:
        """Mark the oldest queued run as running and return it.

        A paused run whose question may wait no longer counts as queued.
        """

        def work(db: sqlite3.Connection) -> RunRecord | None:
            found = first(db, "WHERE wake <= ? ORDER BY wake LIMIT 1", (time.time(),)) or first(
                db, "WHERE status = 'queued' ORDER BY number LIMIT 1", ()
            )
            if found is None:
                return None
            db.execute(
                "UPDATE runs SET status = 'running', attempts = attempts + 1, wake = NULL "
                "WHERE id = ?",
                (found.id,),
            )
            return first(db, "WHERE id = ?", (found.id,))

        return await self.do(work)

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
            as_json(outcome),
            as_json([question_data(each) for each in asked]),
            min(deadlines, default=None),
            None if status == "paused" else time.time(),
            time.time() if replies else None,
            run,
        )
        await self.do(
            lambda db: db.execute(
                "UPDATE runs SET status = ?, outcome = ?, questions = ?, wake = ?, finished = ?, "
                "answers = '[]', attempts = 0, reply_at = ? WHERE id = ?",
                values,
            )
        )

    async def requeue(self, run: str) -> None:
        """Put a run back that the server had to leave; this is no fault of the run."""
        await self.do(
            lambda db: db.execute(
                "UPDATE runs SET status = 'queued', attempts = attempts - 1 WHERE id = ?", (run,)
            )
        )

    async def answer(self, run: str, answers: Iterable[str]) -> bool:
        """Queue a paused run with its answers; return False if it does not wait any more."""
        values = (as_json(list(answers)), run)
        return await self.do(
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
        return await self.do(
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
        return await self.do(lambda db: dict(db.execute(sql).fetchall()))

    async def next_wake(self) -> float | None:
        """Return when the first paused run stops waiting."""
        return await self.do(lambda db: db.execute("SELECT min(wake) FROM runs").fetchone()[0])

    async def due_reply(self) -> RunRecord | None:
        """Return a run whose sender is to be told now."""
        where = "WHERE reply_at <= ? ORDER BY reply_at LIMIT 1"
        return await self.do(lambda db: first(db, where, (time.time(),)))

    async def next_reply(self) -> float | None:
        """Return when the next reply is due."""
        return await self.do(lambda db: db.execute("SELECT min(reply_at) FROM runs").fetchone()[0])

    async def replied(self, run: str, again_at: float | None) -> None:
        """Note an attempt to reply; `again_at`: when the next one is due, None for never."""
        await self.do(
            lambda db: db.execute(
                "UPDATE runs SET reply_at = ?, reply_tries = reply_tries + 1 WHERE id = ?",
                (again_at, run),
            )
        )

    async def note(self, source: str, key: str) -> None:
        """Remember a delivery that starts no run."""
        values = (source, key, "", None, time.time())
        sql = "INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, ?, ?)"
        await self.do(lambda db: db.execute(sql, values))

    async def last_key(self, source: str) -> str | None:
        """Return the greatest key a source has delivered."""
        sql = "SELECT max(key) FROM deliveries WHERE source = ?"
        return await self.do(lambda db: db.execute(sql, (source,)).fetchone()[0])
