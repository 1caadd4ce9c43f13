# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of a server: what was accepted is stored before anybody is told."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..errors import PendingQuestion
from ..report import question_data
from .ports import KeyReused
from .record import Draft, RunRecord
from .store import Database, StoreAway, Superseded, Transaction
from .tables import as_json, first, told_status

__all__ = ["Registry"]

_LOG = logging.getLogger("agentc.serve")
T = TypeVar("T")

MAX_ATTEMPTS = 3  # a run that was begun so often and never ended may be what stops the server
# Only as it was taken: the same statement sent twice, or late, must not undo what came after.
_TAKEN = "WHERE id = ? AND turn = ? AND status IN ('running', 'handed')"
_DELIVERED = (
    "INSERT INTO agentc_deliveries (flow, source, key, digest, run, received) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)


class Registry:
    """What is kept in `database`; every call is one transaction, made in a thread of its own.

    All calls raise StoreAway when the database does not answer. Those that say how a run stands
    wait for it instead, up to `deadline` (of the monotonic clock).
    """

    def __init__(self, database: Database) -> None:
        self._thread = ThreadPoolExecutor(1, "registry")
        self._database = database
        self.flow = database.flow
        self.deadline = math.inf
        self.is_superseded = False

    async def do(self, work: Callable[[Transaction], T]) -> T:
        """Do something in one transaction."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._database.transact, work)
        except Superseded:
            self.is_superseded = True
            raise

    async def insist(self, work: Callable[[Transaction], T]) -> T:
        """Do something that does no harm when it is done twice as soon as the database is there."""
        pause = 0.2
        while True:
            try:
                return await self.do(work)
            except StoreAway as error:
                if self.is_superseded or time.monotonic() + pause > self.deadline:
                    raise
                _LOG.warning("%s; next try in %g s", error.message, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    def is_outage(self, error: BaseException) -> bool:
        """Return whether a run failed since the database was away, which is no fault of its own."""
        return self._database.is_outage(error)

    async def close(self) -> None:
        """Close the database after the last transaction."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._database.close)
        self._thread.shutdown()

    async def recover(self, going: Iterable[str] = ()) -> int:
        """Queue the runs again that nobody works on, all but `going`; return how many."""
        crashed = as_json(
            {
                "error": {
                    "kind": "ServerStopped",
                    "message": f"the server stopped {MAX_ATTEMPTS} times while the run was going on",
                }
            }
        )
        known = frozenset(going)

        def work(db: Transaction) -> int:
            again = 0
            for run, attempts in db.rows(
                "SELECT id, attempts FROM agentc_runs WHERE flow = ? "
                "AND status IN ('running', 'handed')",
                (self.flow,),
            ):
                if run in known:
                    continue
                if attempts >= MAX_ATTEMPTS:
                    db.change(
                        "UPDATE agentc_runs SET status = 'failed', outcome = ?, finished = ? "
                        "WHERE id = ?",
                        (crashed, time.time(), run),
                    )
                else:
                    db.change("UPDATE agentc_runs SET status = 'queued' WHERE id = ?", (run,))
                    again += 1
            return again

        return await self.do(work)

    async def add(self, draft: Draft) -> tuple[str, bool]:
        """Store a run; return its id and whether it is new: a known key gives the earlier run.

        Raises:
            KeyReused: the key stood for something else before.
        """
        run = os.urandom(8).hex()

        def work(db: Transaction) -> tuple[str, bool]:
            now = time.time()
            if draft.key is not None:
                for earlier, digest in db.rows(
                    "SELECT run, digest FROM agentc_deliveries "
                    "WHERE flow = ? AND source = ? AND key = ?",
                    (self.flow, draft.source, draft.key),
                ):
                    if digest != draft.digest:
                        raise KeyReused(f"the key `{draft.key}` came with another content before")
                    return str(earlier), False
                db.change(_DELIVERED, (self.flow, draft.source, draft.key, draft.digest, run, now))
            status, outcome, finished = "queued", "{}", None
            if draft.error is not None:
                status, outcome, finished = "failed", as_json({"error": draft.error}), now
            db.change(
                "INSERT INTO agentc_runs (id, flow, status, source, inputs, simulate, session, "
                '"user", created, finished, outcome, reply_to) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run,
                    self.flow,
                    status,
                    draft.source,
                    as_json(draft.inputs),
                    int(draft.simulate),
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

    async def get(self, run: str, *, insists: bool = False) -> RunRecord | None:
        """Return a run; `insists`: wait for the database."""
        where = "WHERE id = ? AND flow = ?"
        do = self.insist if insists else self.do
        return await do(lambda db: first(db, where, (run, self.flow)))

    async def take(self, status: str = "running") -> RunRecord | None:
        """Give the oldest queued run this status and return it.

        A paused run whose question may wait no longer counts as queued.
        """

        def work(db: Transaction) -> RunRecord | None:
            due = "WHERE flow = ? AND wake <= ? ORDER BY wake LIMIT 1"
            queued = "WHERE flow = ? AND status = 'queued' ORDER BY number LIMIT 1"
            found = first(db, due, (self.flow, time.time())) or first(db, queued, (self.flow,))
            if found is None:
                return None
            db.change(
                "UPDATE agentc_runs SET status = ?, attempts = attempts + 1, "
                "turn = turn + 1, wake = NULL WHERE id = ?",
                (status, found.id),
            )
            return first(db, "WHERE id = ?", (found.id,))

        return await self.do(work)

    async def end(
        self,
        taken: RunRecord,
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
            taken.id,
            taken.turn,
        )
        await self.insist(
            lambda db: db.change(
                "UPDATE agentc_runs SET status = ?, outcome = ?, questions = ?, wake = ?, "
                f"finished = ?, answers = '[]', attempts = 0, reply_at = ? {_TAKEN}",
                values,
            )
        )

    async def requeue(self, taken: RunRecord) -> None:
        """Put a run back that the server had to leave; this is no fault of the run."""
        sql = f"UPDATE agentc_runs SET status = 'queued', attempts = attempts - 1 {_TAKEN}"
        await self.insist(lambda db: db.change(sql, (taken.id, taken.turn)))

    async def try_again(self, taken: RunRecord) -> bool:
        """Put a run back that failed for want of the database; False: it has done so too often."""
        if taken.attempts >= MAX_ATTEMPTS:
            return False
        sql = f"UPDATE agentc_runs SET status = 'queued' {_TAKEN}"
        await self.insist(lambda db: db.change(sql, (taken.id, taken.turn)))
        return True

    async def answer(self, run: str, answers: Iterable[str]) -> bool:
        """Queue a paused run with its answers; return False if it does not wait any more."""
        values = (as_json(list(answers)), run)
        sql = (
            "UPDATE agentc_runs SET status = 'queued', answers = ?, attempts = 0, wake = NULL, "
            "outcome = '{}' WHERE id = ? AND status = 'paused'"
        )
        return await self.do(lambda db: db.change(sql, values) == 1)

    async def cancel(self, run: str) -> bool:
        """Cancel a run that is not going on; return False if it is, or has ended."""
        sql = (
            "UPDATE agentc_runs SET status = 'cancelled', finished = ?, wake = NULL "
            "WHERE id = ? AND status IN ('queued', 'handed', 'paused')"
        )
        return await self.do(lambda db: db.change(sql, (time.time(), run)) == 1)

    async def counts(self) -> dict[str, int]:
        """Return how many runs there are of each status that can still change."""
        sql = (
            "SELECT status, count(*) FROM agentc_runs WHERE flow = ? "
            "AND status IN ('queued', 'handed', 'running', 'paused') GROUP BY status"
        )
        rows = await self.do(lambda db: db.rows(sql, (self.flow,)))
        counts: dict[str, int] = {}
        for status, count in rows:
            told = told_status(status)
            counts[told] = counts.get(told, 0) + int(count)
        return counts

    async def next_wake(self) -> float | None:
        """Return when the first paused run stops waiting."""
        return await self._number("SELECT min(wake) FROM agentc_runs WHERE flow = ?")

    async def due_reply(self) -> RunRecord | None:
        """Return a run whose sender is to be told now."""
        where = "WHERE flow = ? AND reply_at <= ? ORDER BY reply_at LIMIT 1"
        return await self.do(lambda db: first(db, where, (self.flow, time.time())))

    async def next_reply(self) -> float | None:
        """Return when the next reply is due."""
        return await self._number("SELECT min(reply_at) FROM agentc_runs WHERE flow = ?")

    async def replied(self, run: str, tries: int, again_at: float | None) -> None:
        """Note an attempt to reply, the one after `tries`; `again_at`: None for no other."""
        sql = "UPDATE agentc_runs SET reply_at = ?, reply_tries = ? WHERE id = ?"
        await self.insist(lambda db: db.change(sql, (again_at, tries + 1, run)))

    async def note(self, source: str, key: str) -> None:
        """Remember a delivery that starts no run."""
        values = (self.flow, source, key, "", None, time.time())
        await self.do(lambda db: db.change(f"{_DELIVERED} ON CONFLICT DO NOTHING", values))

    async def last_key(self, source: str) -> str | None:
        """Return the greatest key a source has delivered."""
        sql = "SELECT max(key) FROM agentc_deliveries WHERE flow = ? AND source = ?"
        [[key]] = await self.do(lambda db: db.rows(sql, (self.flow, source)))
        return None if key is None else str(key)

    async def _number(self, sql: str) -> float | None:
        [[number]] = await self.do(lambda db: db.rows(sql, (self.flow,)))
        return None if number is None else float(number)
