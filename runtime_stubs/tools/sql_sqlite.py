# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""SQL on an SQLite file, with the standard library."""

import contextlib
import re
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

from ..errors import ToolError
from .sql_result import SqlLimits, as_result

__all__ = ["query_sqlite"]

READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
WRITING = READING | {
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_CREATE_TABLE,
    sqlite3.SQLITE_CREATE_INDEX,
    sqlite3.SQLITE_CREATE_VIEW,
    sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_VIEW,
    sqlite3.SQLITE_REINDEX,
    sqlite3.SQLITE_ANALYZE,
    sqlite3.SQLITE_TRANSACTION,
}
# They reach beyond the database or tie up memory.
REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "zeroblob", "randomblob"}
MAX_VALUE = 10_000_000
OPERATIONS_BETWEEN_CHECKS = 10_000


def query_sqlite(
    url: str, sql: str, params: dict[str, object], limits: SqlLimits
) -> dict[str, object]:
    """Run one statement on the file of a `sqlite:///path` address."""
    path = _path(url)
    mode = "rwc" if limits.allow_writes else "ro"
    ends = time.monotonic() + limits.timeout
    try:
        with (
            contextlib.closing(
                sqlite3.connect(f"file:{quote(path)}?mode={mode}", uri=True, timeout=limits.timeout)
            ) as connection,
            connection,
        ):
            allowed = WRITING if limits.allow_writes else READING

            def authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
                if action not in allowed or second in REFUSED_FUNCTIONS:
                    return sqlite3.SQLITE_DENY
                return sqlite3.SQLITE_OK

            connection.set_authorizer(authorize)
            connection.set_progress_handler(
                lambda: time.monotonic() > ends, OPERATIONS_BETWEEN_CHECKS
            )
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            cursor = connection.execute(sql, params)
            columns = [column[0] for column in cursor.description or ()]
            return as_result(columns, cursor if columns else (), cursor.rowcount, limits)
    except sqlite3.Error as error:
        raise ToolError(_told(error, path, limits)) from None
    except sqlite3.Warning as error:
        raise ToolError(f"SQL: {error}") from None


def _path(url: str) -> str:
    found = re.fullmatch(r"sqlite:(?://)?(?:/(?P<path>[^?]+))?(?:\?.*)?", url)
    if found is None or not found["path"]:
        raise ToolError(f"`{url}` names no file, expected `sqlite:///path`")
    return found["path"]


def _told(error: sqlite3.Error, path: str, limits: SqlLimits) -> str:
    text = str(error)
    if "interrupted" in text:
        return f"the statement took longer than {limits.timeout:g} s"
    if "not authorized" in text or "prohibited" in text or "readonly" in text:
        hint = "" if limits.allow_writes else ": this tool only reads (`allow_writes: true` writes)"
        return f"SQL: {text}{hint}"
    if "unable to open" in text and not Path(path).exists():
        return f"database `{path}` does not exist"
    return f"SQL: {text}"
