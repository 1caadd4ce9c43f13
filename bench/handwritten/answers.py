"""Answers kept in a file, for programs written by hand."""

import asyncio
import functools
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

A = TypeVar("A", bound=BaseModel)


class Answers:
    """Answers not older than `seconds`, by their question."""

    def __init__(self, seconds: float, path: str = "answers.sqlite") -> None:
        self._seconds = seconds
        self._path = path
        self._lock = threading.Lock()

    async def get(self, question: str, form: type[A], ask: Callable[[], Awaitable[A]]) -> A:
        """Return what is kept, else what `ask` gives."""
        kept = await asyncio.to_thread(self._find, question)
        if kept is not None:
            return form.model_validate_json(kept)
        answer = await ask()
        await asyncio.to_thread(self._keep, question, answer.model_dump_json())
        return answer

    @functools.cached_property
    def _database(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, check_same_thread=False)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, answer TEXT, until REAL)"
        )
        return database

    def _find(self, question: str) -> str | None:
        with self._lock:
            found = self._database.execute(
                "SELECT answer FROM answers WHERE question = ? AND until > ?",
                (question, time.time()),
            ).fetchone()
        return found[0] if found else None

    def _keep(self, question: str, answer: str) -> None:
        row = (question, answer, time.time() + self._seconds)
        with self._lock, self._database:
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", row)
