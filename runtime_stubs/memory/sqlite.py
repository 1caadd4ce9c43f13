# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Memories in an SQLite file."""

import asyncio
import contextlib
import functools
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..sqlite_file import keep_open
from . import statements
from .store import KEPT_TURNS, Row

__all__ = ["SqliteStore"]

WAIT = 30.0  # seconds for another writer


class SqliteStore:
    """A file; each call uses a connection of its own in a thread.

    Write-ahead logging lets readers go on beside a writer. Writing begins with `begin immediate`:
    a transaction that first reads and then wants to write fails at once instead of waiting.
    """

    def __init__(self, path: str = "memory.db") -> None:
        self._path = Path(path)

    async def add_turn(self, place: str, value: str, text: str) -> None:
        """Add a turn after all others of the place."""

        def add() -> None:
            with self._writing() as connection:
                connection.execute(statements.ADD, (place, value, text))
                connection.execute(statements.PRUNE, (place, place, KEPT_TURNS))

        await asyncio.to_thread(add)

    async def turns(self, place: str, *, after: int, limit: int) -> list[Row]:
        """Return the last `limit` turns with an id over `after`, oldest first."""
        return (await self._read(statements.TURNS, place, after, limit))[::-1]

    async def put(self, place: str, key: str, value: str, text: str) -> None:
        """Set a value; the last to come wins."""

        def put() -> None:
            with self._writing() as connection:
                connection.execute(statements.PUT, (place, key, value, text))

        await asyncio.to_thread(put)

    async def get(self, place: str, key: str) -> str | None:
        """Return a value as JSON."""

        def get() -> str | None:
            with self._connected() as connection:
                found = connection.execute(statements.GET, (place, key)).fetchone()
            return None if found is None else str(found[0])

        return await asyncio.to_thread(get)

    async def rows(self, place: str, limit: int) -> list[Row]:
        """Return the newest rows of all kinds, newest first."""
        return await self._read(statements.ROWS, place, limit)

    async def set_vectors(self, model: str, vectors: Mapping[int, bytes]) -> None:
        """Keep what a model made of the text of rows."""

        def keep() -> None:
            with self._writing() as connection:
                values = [(model, vector, number) for number, vector in vectors.items()]
                connection.executemany(statements.SET_VECTOR, values)

        await asyncio.to_thread(keep)

    async def places(self) -> dict[str, int]:
        """Return every place that holds something, with the number of its rows."""

        def look() -> dict[str, int]:
            with self._connected() as connection:
                return {str(place): int(n) for place, n in connection.execute(statements.PLACES)}

        return await asyncio.to_thread(look)

    async def clear(self, place: str) -> None:
        """Forget everything of a place."""

        def forget() -> None:
            with self._writing() as connection:
                connection.execute(statements.CLEAR, (place,))

        await asyncio.to_thread(forget)

    async def _read(self, statement: str, *values: str | int) -> list[Row]:
        def read() -> list[Row]:
            with self._connected() as connection:
                return [statements.as_row(row) for row in connection.execute(statement, values)]

        return await asyncio.to_thread(read)

    @functools.cached_property
    def _ready(self) -> bool:
        """Whether the table is there: looked at once."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(self._connect()) as connection:
            for statement in statements.schema("integer primary key autoincrement", "blob"):
                connection.execute(statement)
        return True

    def _connect(self) -> sqlite3.Connection:
        keep_open(self._path)
        connection = sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)
        connection.execute("pragma synchronous = normal")
        return connection

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        if self._ready:
            with contextlib.closing(self._connect()) as connection:
                yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("begin immediate")
            with connection:  # commits, or rolls back after an error
                yield connection
