# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Keeps model answers in a file, so that the same question is paid once."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .events import Warned
from .run import emit

__all__ = ["PATH", "AnswerCache"]

T = TypeVar("T")

PATH = ".cache/answers.sqlite"
SWEEP = 3600.0  # seconds after which answers that are too old are deleted again


class AnswerCache:
    """Answers not older than `ttl` seconds, in a SQLite file that several processes may share.

    A cache that cannot be read or written is warned of once and passed over: it must not fail
    a run.
    """

    def __init__(self, ttl: float, path: str = PATH) -> None:
        self.ttl = ttl
        self.path = Path(path)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._broken = False
        self._swept = 0.0

    async def get(self, key: str) -> str | None:
        """Return what was put under a key, None when there is nothing or it is too old."""
        return await self._guarded(lambda: self._get(key))

    async def put(self, key: str, value: str) -> None:
        """Keep a value under a key."""
        await self._guarded(lambda: self._put(key, value))

    async def _guarded(self, work: Callable[[], T]) -> T | None:
        if self._broken:
            return None
        try:
            return await asyncio.to_thread(work)
        except (sqlite3.Error, OSError) as error:
            if not self._broken:
                self._broken = True
                emit(Warned(f"the cache `{self.path}` cannot be used: {error}"))
            return None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, check_same_thread=False, timeout=5)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS answers"
                " (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL NOT NULL)"
            )
        return self._connection

    def _get(self, key: str) -> str | None:
        with self._lock:
            row = self._open().execute(
                "SELECT value FROM answers WHERE key = ? AND expires >= ?", (key, time.time())
            )
            found = row.fetchone()
        return str(found[0]) if found else None

    def _put(self, key: str, value: str) -> None:
        now = time.time()
        with self._lock, self._open() as connection:
            if now - self._swept > SWEEP:
                self._swept = now
                connection.execute("DELETE FROM answers WHERE expires < ?", (now,))
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)",
                (key, value, now + self.ttl),
            )
