# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of a server in a PostgreSQL database, which many workflows may share."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ..environment import setting_text
from ..errors import InputError, StoreError
from ..redact import shortened
from .migrations import STEPS
from .store import StoreAway, Superseded, Transaction, Value

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy as sa

__all__ = ["PostgresHistory", "PostgresRuns"]

T = TypeVar("T")
LOCK = 0x61676E75  # of PostgreSQL's advisory locks, held while tables are made
PATIENCE = 3.0  # seconds in which the connection of a server that has just died goes away
# A host that is gone without a word is noticed by both sides within half a minute.
_FROM_HERE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
_FROM_THERE = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "statement_timeout": "30s",
}
_SETTINGS = ", ".join(
    f"set_config('{name}', '{value}', false)" for name, value in _FROM_THERE.items()
)
_OURS = (
    "INSERT INTO agentc_servers (flow, server, since) VALUES (:flow, :server, :now) "
    "ON CONFLICT (flow) DO UPDATE SET server = excluded.server, since = excluded.since"
)


@dataclass(frozen=True, slots=True)
class PostgresHistory:
    """The database at `url`, in which variables are filled in: `${env:NAME}`."""

    url: str

    def open(self, flow: str) -> PostgresRuns:
        """Open it for the one server of a workflow; see `History.open` for what this raises."""
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        address = setting_text(self.url)
        try:
            if not address.startswith(("postgres://", "postgresql://")):
                raise ProgrammingError
            parts = conninfo_to_dict(address)
        except ProgrammingError:  # whose text may hold the password
            form = "`postgresql://user:password@host/name`"
            raise InputError(
                [f"`storage.backend`: expected {form}, signs such as `@` in a password as `%40`"]
            ) from None
        return PostgresRuns({name: str(value) for name, value in parts.items()}, flow)


class PostgresRuns:
    """One connection, which holds a lock: without it nothing can be changed.

    Args:
        parts: the address, as psycopg takes it apart.
        flow: the package of the workflow.
    """

    def __init__(self, parts: dict[str, str], flow: str) -> None:
        import sqlalchemy as sa
        from psycopg.conninfo import make_conninfo

        self.flow = flow
        self._parts = parts
        name = {"fallback_application_name": f"agentc serve {flow}"}
        self._address = make_conninfo("", **{**_FROM_HERE, **name, **parts})
        self._server = os.urandom(8).hex()
        self._lock = int.from_bytes(hashlib.sha256(flow.encode()).digest()[:8], signed=True)
        self._engine = sa.create_engine(
            "postgresql+psycopg://", creator=self._dial, poolclass=sa.NullPool
        )
        self._connection: sa.Connection | None = None
        try:
            self._connection = self._connected(is_new=True)
        except sa.exc.DBAPIError as error:
            raise self._away(error) from error

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do something in one transaction."""
        import sqlalchemy as sa

        for is_last in (self._connection is None, True):
            statements = None
            try:
                if self._connection is None:
                    self._connection = self._connected(is_new=False)
                with self._connection.begin():
                    statements = _Statements(self._connection)
                    return work(statements)
            except sa.exc.DBAPIError as error:
                if not isinstance(error, _away_kinds()):
                    raise
                self._disconnect()
                # A connection that was cut while it was not used is nobody's trouble.
                if is_last or statements is None or statements.are_begun:
                    raise self._away(error) from error
        raise AssertionError("the last time returns or raises")

    def is_outage(self, error: BaseException) -> bool:
        """Return whether saving a run failed since the database was away; nodes fail otherwise."""
        import psycopg

        return isinstance(error, psycopg.OperationalError | StoreError)

    def close(self) -> None:
        """Let go of the lock."""
        self._disconnect()

    def _dial(self) -> psycopg.Connection:
        import psycopg

        # Nothing is prepared: a pooler in between may know nothing of it.
        return psycopg.connect(self._address, prepare_threshold=None)

    def _connected(self, *, is_new: bool) -> sa.Connection:
        """Connect and take the lock; the first time make the tables as well."""
        connection = self._engine.connect()
        try:
            with connection.begin():
                connection.exec_driver_sql(f"SELECT {_SETTINGS}")
            if is_new:
                self._begin(connection)
            else:
                self._go_on(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin(self, connection: sa.Connection) -> None:
        """Take over the runs, unless a server that lives has them."""
        import sqlalchemy as sa

        end = time.monotonic() + PATIENCE
        while not self._try_lock(connection):
            if time.monotonic() > end:
                raise InputError(
                    [f"another server uses the runs of `{self.flow}` in {self._where()}"]
                )
            time.sleep(0.1)
        with connection.begin():
            if not STEPS.are_done(connection):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
                STEPS.take(connection)
            values = {"flow": self.flow, "server": self._server, "now": time.time()}
            connection.execute(sa.text(_OURS), values)

    def _go_on(self, connection: sa.Connection) -> None:
        """Take the lock again after the connection was cut."""
        import sqlalchemy as sa

        is_locked = self._try_lock(connection)
        sql = sa.text("SELECT server FROM agentc_servers WHERE flow = :flow")
        with connection.begin():
            if connection.scalar(sql, {"flow": self.flow}) != self._server:
                raise Superseded(f"another server has taken the runs of `{self.flow}`")
        if not is_locked:  # by the connection that was cut, which is not yet noticed there
            raise StoreAway(f"{self._where()} still holds the connection that was cut")

    def _try_lock(self, connection: sa.Connection) -> bool:
        with connection.begin():
            found = connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (self._lock,))
            return bool(found.scalar_one())

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _where(self) -> str:
        """Say where the database is; nothing of it is secret."""
        name = self._parts.get("dbname") or self._parts.get("user") or ""
        return f"the PostgreSQL database `{name}` on `{self._parts.get('host', 'localhost')}`"

    def _away(self, error: sa.exc.DBAPIError) -> StoreAway:
        return StoreAway(f"{self._where()} cannot be used now: {shortened(str(error.orig))}")


class _Statements:
    """Those of one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.are_begun = False

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Sequence[Sequence[Any]]:
        """Return what a statement selects."""
        return self._do(sql, _storable(values)).fetchall()

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute a statement; return how many rows it has changed."""
        return self._do(sql, _storable(values)).rowcount

    def change_all(self, sql: str, many: Sequence[Sequence[Value]]) -> None:
        """Execute a statement for each of several sets of values."""
        if many:
            self._do(sql, [_storable(values) for values in many])

    def _do(
        self, sql: str, values: tuple[Value, ...] | list[tuple[Value, ...]]
    ) -> sa.CursorResult[Any]:
        result = self._connection.exec_driver_sql(sql.replace("?", "%s"), values)
        self.are_begun = True
        return result


def _storable(values: Sequence[Value]) -> tuple[Value, ...]:
    """Return values without the character that PostgreSQL keeps in no text."""
    return tuple(each.replace("\0", "") if isinstance(each, str) else each for each in values)


def _away_kinds() -> tuple[type[sa.exc.DBAPIError], ...]:
    """The errors of a database, not of a statement; the last: it takes no writes after a failover."""
    from sqlalchemy import exc

    return (exc.OperationalError, exc.InterfaceError, exc.InternalError)
