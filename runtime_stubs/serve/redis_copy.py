# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The rows of a server's tables in a SQLite file that goes with the process, and what changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from .schema import sqlite_tables
from .sqlite import SqliteStatements

__all__ = ["TABLES", "Change", "RedisCopy"]

# The columns that tell the rows of a table apart.
_KEYS = {
    "agentc_runs": ("id", "id"),
    "agentc_events": ("run", "number"),
    "agentc_deliveries": ("source", "key"),
}
TABLES = tuple(_KEYS)
Change = tuple[int, str, str]
"""The number of a table, the key of a row, and the row as JSON: empty if it is deleted."""


class RedisCopy:
    """The copy; nothing of it is needed after the process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous = off")
        for statement in sqlite_tables():
            self._db.execute(statement)

    def load(self, table: str, rows: Sequence[str]) -> None:
        """Take rows over."""
        for row in rows:
            content = json.loads(row)
            names = ", ".join(f'"{name}"' for name in content)
            marks = ", ".join("?" * len(content))
            self._db.execute(
                f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", [*content.values()]
            )

    def watch(self) -> None:
        """Note from now on which rows change."""
        self._db.execute("CREATE TEMP TABLE changed (t, a, b, PRIMARY KEY (t, a, b))")
        for number, (table, (a, b)) in enumerate(_KEYS.items()):
            for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                self._db.execute(
                    f"CREATE TEMP TRIGGER {event}_{table} AFTER {event} ON main.{table} BEGIN "
                    f"INSERT OR IGNORE INTO changed VALUES ({number}, {row}.{a}, {row}.{b}); END"
                )

    @contextmanager
    def transaction(self) -> Iterator[tuple[SqliteStatements, Callable[[], list[Change]]]]:
        """Give what statements are executed with, and what tells the changes up to then."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield SqliteStatements(self._db), self._changes
            self._db.execute("DELETE FROM changed")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def rows(self, table: str) -> Iterator[tuple[str, str]]:
        """Yield keys and rows of a table."""
        a, b = _KEYS[table]
        yield from self._found(f"SELECT {a} AS a, {b} AS b, * FROM {table}")

    def close(self) -> None:
        """Drop it."""
        self._db.close()

    def _changes(self) -> list[Change]:
        found = []
        for number, (table, (a, b)) in enumerate(_KEYS.items()):
            sql = (
                f"SELECT changed.a, changed.b, {table}.* FROM changed LEFT JOIN {table} "
                f"ON {table}.{a} = changed.a AND {table}.{b} = changed.b WHERE changed.t = {number}"
            )
            found += [(number, key, row) for key, row in self._found(sql)]
        return found

    def _found(self, sql: str) -> Iterator[tuple[str, str]]:
        cursor = self._db.execute(sql)
        names = [column[0] for column in cursor.description][2:]
        for a, b, *values in cursor:
            row = dict(zip(names, values, strict=True))
            is_there = any(value is not None for value in values)
            yield json.dumps([a, b]), json.dumps(row) if is_there else ""
