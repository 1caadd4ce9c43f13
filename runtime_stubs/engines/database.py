# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The database that workers share, over SQLAlchemy: PostgreSQL, or one SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["connect", "is_away", "line_of", "migrate", "sql_url"]

LOCK = 0x61676E74  # of PostgreSQL's advisory locks, held while tables are made
CONNECTIONS = 4
# A lease that a crash of the database loses only stops its run; checkpoints are never written so.
FAST_COMMITS = "-c synchronous_commit=off"
SQLITE_SETTINGS = ("busy_timeout = 30000", "journal_mode = wal", "synchronous = normal")


def sql_url(address: str) -> str:
    """Return an address as SQLAlchemy takes it: with psycopg 3 for PostgreSQL."""
    scheme, separator, rest = address.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg{separator}{rest}"
    return address


def connect(address: str) -> sa.Engine:
    """Return a pool of connections; none is opened yet."""
    import sqlalchemy as sa

    url = sql_url(address)
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            isolation_level="AUTOCOMMIT",  # each change is one statement
            connect_args={"options": FAST_COMMITS},
        )
    engine = sa.create_engine(url)

    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for setting in SQLITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")

    # A transaction that reads first would not wait for others but fail.
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", configure)
    sa.event.listen(engine, "begin", begin)
    return engine


def is_away(error: Exception) -> bool:
    """Return whether an error is that of a database which does not answer, not of a statement."""
    from sqlalchemy import exc

    kinds = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
    return isinstance(error, kinds)


def line_of(error: Exception) -> str:
    """Return what a database, or a server, says is wrong in one line."""
    first, *_ = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
    return first or type(error).__name__


def migrate(engine: sa.Engine) -> None:
    """Make or change the tables; those who start at the same time take turns."""
    import sqlalchemy as sa

    from .migrations import is_current, upgrade

    is_postgres = engine.dialect.name == "postgresql"
    together = engine.execution_options(isolation_level="READ COMMITTED") if is_postgres else engine
    with together.begin() as connection:
        if is_current(connection):
            return
        if is_postgres:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        upgrade(connection)
