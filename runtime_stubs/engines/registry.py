# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Who is alive, who may save which run, and whose turn it is to send a request."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..saved_name import saved_name

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["HOLDS", "RELEASE", "TAKE", "Lease", "Registry", "Worker"]

LEASE = "AGENTC_WORKER_LEASE"
USUAL_LEASE = 15.0  # seconds
FORGOTTEN = 3600.0  # seconds after which nothing is left of a dead worker, or of what none heard

_BEAT = """
INSERT INTO agentc_workers (id, flow, concurrency, started, expires)
VALUES (:id, :flow, :concurrency, {now}, {now} + :ttl)
ON CONFLICT (id) DO UPDATE SET expires = excluded.expires
"""
_HELD = "SELECT run, token FROM agentc_leases WHERE worker = :id"
_FORGET = "DELETE FROM agentc_workers WHERE flow = :flow AND expires < {now} - :forgotten"
_ALIVE = """
SELECT id, concurrency, {now} - started,
    (SELECT count(*) FROM agentc_leases WHERE worker = agentc_workers.id)
FROM agentc_workers WHERE flow = :flow AND expires > {now} ORDER BY started
"""
# The row is locked before the condition is looked at, so only one of several takes it.
TAKE = """
INSERT INTO agentc_leases (run, flow, worker, token, deaths)
VALUES (:run, :flow, :id, :token, 0)
ON CONFLICT (run) DO UPDATE
SET flow = excluded.flow, worker = excluded.worker, token = excluded.token,
    deaths = agentc_leases.deaths + 1
WHERE NOT EXISTS (
    SELECT 1 FROM agentc_workers
    WHERE agentc_workers.id = agentc_leases.worker AND agentc_workers.expires > {now}
)
RETURNING deaths
"""
HOLDS = "SELECT 1 FROM agentc_leases WHERE run = :run AND token = :token"
RELEASE = "DELETE FROM agentc_leases WHERE run = :run AND token = :token"
_REVOKE = "DELETE FROM agentc_leases WHERE run = :run"
_LEAVE = "DELETE FROM agentc_workers WHERE id = :id"
_TURN = """
INSERT INTO agentc_rates (name, free_at) VALUES (:name, {now} + :gap)
ON CONFLICT (name) DO UPDATE SET free_at = {later}(agentc_rates.free_at, {now}) + :gap
RETURNING free_at - :gap - {now}
"""
_TELL = """
INSERT INTO agentc_relay (run, kind, data, told) VALUES (:run, :kind, :data, {now})
"""
_DROP = "DELETE FROM agentc_relay WHERE told < {now} - :forgotten"
_HEAR = "DELETE FROM agentc_relay WHERE run IN :runs RETURNING number, run, kind, data"
_DIALECTS = {
    "postgresql": {"now": "extract(epoch FROM clock_timestamp())::float8", "later": "greatest"},
    "sqlite": {"now": "((julianday('now') - 2440587.5) * 86400.0)", "later": "max"},
}


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to save a run, called as in the database.

    `deaths`: how many workers have died while they held it.
    """

    run: str
    token: str
    deaths: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that is alive; `seconds`: since it started, `running`: the runs it holds."""

    id: str
    concurrency: int
    seconds: float
    running: int


class Registry:
    """The tables that workers share, seen by those of one workflow.

    Its methods wait for the database: call them in threads.

    A worker counts as dead `ttl` seconds after its last sign of life: the number in the variable
    `AGENTC_WORKER_LEASE`, which must be the same everywhere.
    """

    def __init__(self, engine: sa.Engine, flow: str) -> None:
        self._engine = engine
        self.flow = flow
        self._words = _DIALECTS[engine.dialect.name]
        self.ttl = float(os.environ.get(LEASE) or USUAL_LEASE)

    def beat(self, worker: str, concurrency: int) -> Mapping[str, str]:
        """Say that a worker is alive; return the tokens of the runs it holds, by `Lease.run`."""
        with self._engine.begin() as connection:
            values = {"id": worker, "concurrency": concurrency, "ttl": self.ttl}
            self._do(connection, _BEAT, flow=self.flow, **values)
            self._do(connection, _FORGET, flow=self.flow, forgotten=FORGOTTEN)
            held = self._do(connection, _HELD, id=worker)
        return {str(row[0]): str(row[1]) for row in held}

    def leave(self, worker: str) -> None:
        """Say that a worker has ended; what it still holds is free to be taken."""
        with self._engine.begin() as connection:
            self._do(connection, _LEAVE, id=worker)

    def alive(self) -> list[Worker]:
        """Return the workers that are alive, the one that started first at the front."""
        with self._engine.begin() as connection:
            rows = self._do(connection, _ALIVE, flow=self.flow)
        return [Worker(*row) for row in rows]

    def name_of(self, run: str) -> str:
        """Return what the database calls a run."""
        return saved_name(self.flow, run)

    def written(self, sql: str) -> str:
        """Return a statement in the words of the database."""
        return sql.format(**self._words)

    def take(self, run: str, worker: str) -> Lease | None:
        """Take a run, unless a worker that is alive holds it."""
        token, name = os.urandom(8).hex(), self.name_of(run)
        with self._engine.begin() as connection:
            values = {"run": name, "id": worker, "token": token}
            rows = self._do(connection, TAKE, flow=self.flow, **values)
        return Lease(name, token, rows[0][0]) if rows else None

    def holds(self, lease: Lease) -> bool:
        """Return whether nobody has taken the run since."""
        with self._engine.begin() as connection:
            return bool(self._do(connection, HOLDS, run=lease.run, token=lease.token))

    def release(self, lease: Lease) -> None:
        """Give a run back; does nothing if another has taken it."""
        with self._engine.begin() as connection:
            self._do(connection, RELEASE, run=lease.run, token=lease.token)

    def revoke(self, run: str) -> None:
        """Take a run from whoever holds it, who then stops before the next save or request."""
        with self._engine.begin() as connection:
            self._do(connection, _REVOKE, run=self.name_of(run))

    def turn(self, name: str, per_minute: float) -> float:
        """Take the next turn under a rate; return the seconds until it comes."""
        with self._engine.begin() as connection:
            [[seconds]] = self._do(connection, _TURN, name=name, gap=60 / per_minute)
        return float(max(seconds, 0.0))

    def tell(self, happened: Sequence[tuple[str, str, str]]) -> None:
        """Write down events for a server: the run's name in the queue, the kind, the data as JSON."""
        import sqlalchemy as sa

        rows = [{"run": run, "kind": kind, "data": data} for run, kind, data in happened]
        with self._engine.begin() as connection:
            connection.execute(sa.text(_TELL.format(**self._words)), rows)
            self._do(connection, _DROP, forgotten=FORGOTTEN)

    def hear(self, runs: Sequence[str]) -> list[tuple[int, str, str, str]]:
        """Take the events of these runs, each after its number, in no order."""
        import sqlalchemy as sa

        sql = sa.text(_HEAR).bindparams(sa.bindparam("runs", expanding=True))
        with self._engine.begin() as connection:
            found = connection.execute(sql, {"runs": list(runs)})
            return [(int(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in found]

    def _do(self, connection: sa.Connection, sql: str, **values: object) -> list[tuple[Any, ...]]:
        import sqlalchemy as sa

        found = connection.execute(sa.text(self.written(sql)), values)
        return [tuple(row) for row in found] if found.returns_rows else []
