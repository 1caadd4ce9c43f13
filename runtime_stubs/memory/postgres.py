# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Memories in a PostgreSQL database."""

from collections.abc import Mapping, Sequence

import psycopg

from ..environment import setting_text
from . import statements
from .store import KEPT_TURNS, Row

__all__ = ["PostgresStore"]

Value = str | int | bytes
# Two programs that make the same table at the same moment would fail: only one may try.
LOCK = "select pg_advisory_xact_lock(7263548172)"


class PostgresStore:
    """A database, by its `postgresql://…` address; each call uses a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ready = False

    async def add_turn(self, place: str, value: str, text: str) -> None:
        """Add a turn after all others of the place."""
        await self._run(
            (statements.ADD, [(place, _storable(value), _storable(text))]),
            (statements.PRUNE, [(place, place, KEPT_TURNS)]),
        )

    async def turns(self, place: str, *, after: int, limit: int) -> list[Row]:
        """Return the last `limit` turns with an id over `after`, oldest first."""
        found = await self._run((statements.TURNS, [(place, after, limit)]))
        return [statements.as_row(row) for row in found][::-1]

    async def put(self, place: str, key: str, value: str, text: str) -> None:
        """Set a value; the last to come wins."""
        await self._run((statements.PUT, [(place, key, _storable(value), _storable(text))]))

    async def get(self, place: str, key: str) -> str | None:
        """Return a value as JSON."""
        found = await self._run((statements.GET, [(place, key)]))
        return str(found[0][0]) if found else None

    async def rows(self, place: str, limit: int) -> list[Row]:
        """Return the newest rows of all kinds, newest first."""
        found = await self._run((statements.ROWS, [(place, limit)]))
        return [statements.as_row(row) for row in found]

    async def set_vectors(self, model: str, vectors: Mapping[int, bytes]) -> None:
        """Keep what a model made of the text of rows."""
        values = [(model, vector, number) for number, vector in vectors.items()]
        await self._run((statements.SET_VECTOR, values))

    async def places(self) -> dict[str, int]:
        """Return every place that holds something, with the number of its rows."""
        found = await self._run((statements.PLACES, [()]))
        return {str(place): int(str(count)) for place, count in found}

    async def clear(self, place: str) -> None:
        """Forget everything of a place."""
        await self._run((statements.CLEAR, [(place,)]))

    async def _run(self, *steps: tuple[str, Sequence[Sequence[Value]]]) -> list[tuple[object, ...]]:
        """Run statements in one transaction and return the rows of the last."""
        async with await psycopg.AsyncConnection.connect(setting_text(self._url)) as connection:
            if not self._ready:
                await connection.execute(LOCK)
                for statement in statements.schema("bigserial primary key", "bytea"):
                    await connection.execute(statement.encode())
            found: list[tuple[object, ...]] = []
            for statement, many in steps:
                for values in many:
                    cursor = await connection.execute(statement.replace("?", "%s").encode(), values)
                    found = await cursor.fetchall() if cursor.description else []
        self._ready = True  # not before the commit: others would not see the table yet
        return found


def _storable(text: str) -> str:
    return text.replace("\0", "")
