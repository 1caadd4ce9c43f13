# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Where memories are kept: rows in places, one place for each scope and session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

__all__ = ["KEPT_TURNS", "Row", "Store"]

# Turns kept word by word in one place; older ones are deleted as new ones come.
KEPT_TURNS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One memory. `key` is None for a turn; `value` is JSON, `text` what can be searched."""

    id: int
    key: str | None
    value: str
    text: str
    vector: bytes | None = None
    model: str | None = None


class Store(Protocol):
    """Keeps rows; any number of runs and processes may use it at the same time."""

    async def add_turn(self, place: str, value: str, text: str) -> None:
        """Add a turn after all others of the place."""

    async def turns(self, place: str, *, after: int, limit: int) -> list[Row]:
        """Return the last `limit` turns with an id over `after`, oldest first."""

    async def put(self, place: str, key: str, value: str, text: str) -> None:
        """Set a value; the last to come wins."""

    async def get(self, place: str, key: str) -> str | None:
        """Return a value as JSON."""

    async def rows(self, place: str, limit: int) -> list[Row]:
        """Return the newest rows of all kinds, newest first."""

    async def set_vectors(self, model: str, vectors: Mapping[int, bytes]) -> None:
        """Keep what a model made of the text of rows."""

    async def places(self) -> dict[str, int]:
        """Return every place that holds something, with the number of its rows."""

    async def clear(self, place: str) -> None:
        """Forget everything of a place."""
