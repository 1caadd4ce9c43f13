# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Keeps SQLite files open while the program runs."""

import atexit
import functools
import os
import sqlite3

__all__ = ["keep_open"]


def keep_open(path: str | os.PathLike[str]) -> None:
    """Hold a connection to a file until the program ends; its log becomes a write-ahead log.

    When the last connection to a file is closed, SQLite writes the log back and deletes it, which
    takes 5 to 20 ms: too long for those who open the file for every run or every call.
    """
    _kept(os.path.abspath(path))


@functools.cache
def _kept(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # nothing is open before
    _open.append(connection)
    return connection


_open: list[sqlite3.Connection] = []


def _close() -> None:
    _kept.cache_clear()
    while _open:
        _open.pop().close()


atexit.register(_close)
# A connection must not be carried into another process: its locks stay behind.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close)
