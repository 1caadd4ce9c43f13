# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""SQL on a database server, through SQLAlchemy."""

import re

from sqlalchemy import create_engine, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..errors import ToolError
from .sql_result import SqlLimits, as_result

__all__ = ["query_server"]

# How each kind of server is told to refuse writes itself, and to give up in time.
SETTINGS = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = {milliseconds}"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time={milliseconds}"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time={seconds}"),
}

READING = ("select", "with", "values", "table", "show", "explain", "describe", "desc")
# Past spaces, brackets and comments.
FIRST_WORD = re.compile(r"(?:[\s(]|--[^\n]*(?:\n|$)|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
INTO_FILE = re.compile(r"\b(?:outfile|dumpfile)\b", re.IGNORECASE)


def check_reading(sql: str) -> None:
    """Refuse what a server does although it was told to write nothing.

    A transaction that only reads still lets `COPY` and `SELECT … INTO OUTFILE` write files and
    start programs, if the role may do so.
    """
    first = FIRST_WORD.match(sql)
    word = first[1].lower() if first else ""
    if word not in READING:
        known = ", ".join(f"`{each}`" for each in READING)
        raise ToolError(f"this tool only reads: a statement begins with one of {known}")
    if INTO_FILE.search(sql):
        raise ToolError("this tool only reads: results go into no file")


def query_server(
    url: str, sql: str, params: dict[str, object], limits: SqlLimits
) -> dict[str, object]:
    """Run one statement; reading ends with a rollback, writing with a commit."""
    try:
        engine = create_engine(url, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError):
        raise ToolError("the database's address is not one SQLAlchemy knows") from None
    except ModuleNotFoundError as error:
        raise ToolError(f"the driver `{error.name}` is not installed") from None
    settings = SETTINGS.get(engine.dialect.name)
    if settings is None and not limits.allow_writes:
        raise ToolError(f"`{engine.dialect.name}` cannot be opened for reading only")
    if re.search(r";\s*\S", sql):
        raise ToolError("only one statement can be run at a time")
    if not limits.allow_writes:
        check_reading(sql)
    try:
        with engine.connect() as connection:
            if settings is not None:
                read_only, limit = settings
                if not limits.allow_writes:
                    connection.execute(text(read_only))
                milliseconds = int(limits.timeout * 1000)
                connection.execute(
                    text(limit.format(milliseconds=milliseconds, seconds=limits.timeout))
                )
            # A cursor on the server spares memory, but takes queries only.
            queries = "select|values|table" if limits.allow_writes else "select|values|table|with"
            stream = re.match(rf"\s*({queries})\b", sql, re.IGNORECASE) is not None
            connection = connection.execution_options(stream_results=stream)
            cursor = connection.execute(text(sql), params)
            columns = list(cursor.keys()) if cursor.returns_rows else []
            rows = (tuple(row) for row in cursor) if columns else ()
            result = as_result(columns, rows, cursor.rowcount, limits)
            cursor.close()
            if limits.allow_writes:
                connection.commit()
            return result
    except DBAPIError as error:
        raise ToolError(f"SQL: {error.orig}") from None
    except SQLAlchemyError as error:
        raise ToolError(f"SQL: {error}") from None
    finally:
        engine.dispose()
