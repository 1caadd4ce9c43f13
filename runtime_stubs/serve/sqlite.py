# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The runs of a server in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..errors import InputError
from .schema import sqlite_tables
from .store import StoreAway, Transaction, Value

__all__ = ["SqliteRuns", "SqliteStatements"]

T = TypeVar("T")
_EARLIER = ("runs", "events", "deliveries")  # the tables in files of earlier versions


class SqliteRuns:
    """The file at `path`, made with its folder if it does not exist.

    Raises:
        InputError: another server uses it, or it cannot be used.
    """

    flow = ""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Held as long as the server lives: two of them must not run each other's runs.
            self._lock = sqlite3.connect(
                f"{path}-lock", isolation_level=None, timeout=0, check_same_thread=False
            )
            try:
                self._lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise InputError([f"another server uses `{path}`: {error}"]) from error
            self._db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=5
            )
            self._db.execute("PRAGMA journal_mode = wal")
            self._db.execute("PRAGMA synchronous = full")  # what was accepted survives a power cut
            self.transact(_make_tables)
        except (OSError, sqlite3.Error, StoreAway) as error:
            raise InputError([f"runs cannot be kept in `{path}`: {error}"]) from error

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do something in one transaction."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            result = work(SqliteStatements(self._db))
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):  # a full disk, or somebody's lock
                raise StoreAway(f"the file of the runs cannot be used now: {error}") from error
            raise
        return result

    def is_outage(self, _: BaseException) -> bool:
        """A file is never away."""
        return False

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        self._lock.close()


class SqliteStatements:
    """Those of one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def rows(self, sql: str, values: Sequence[Value] = ()) -> Sequence[Sequence[Any]]:
        """Return what a statement selects."""
        return self._db.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute a statement; return how many rows it has changed."""
        return self._db.execute(sql, values).rowcount

    def change_all(self, sql: str, many: Sequence[Sequence[Value]]) -> None:
        """Execute a statement for each of several sets of values."""
        self._db.executemany(sql, many)


def _make_tables(file: Transaction) -> None:
    """Make what is missing in the file, and move what an earlier version has kept there."""
    for statement in sqlite_tables():
        file.change(statement)
    there = {name for [name] in file.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in _EARLIER:
        if table not in there:
            continue
        names = ", ".join(f'"{row[1]}"' for row in file.rows(f"PRAGMA table_info({table})"))
        flow, empty = ("", "") if table == "events" else ("flow, ", "'', ")
        file.change(
            f"INSERT INTO agentc_{table} ({flow}{names}) SELECT {empty}{names} FROM {table}"
        )
        file.change(f"DROP TABLE {table}")
