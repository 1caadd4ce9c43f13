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
            stream = re.match(r"\s*(select|values|table)\b", sql, re.IGNORECASE) is not None
            connection = connection.execution_options(stream_results=stream)
            cursor = connection.execute(text(sql), params)
            columns = list(cursor.keys()) if cursor.returns_rows else []
            rows = cursor.fetchmany(limits.max_rows + 1) if columns else []
            result = as_result(columns, [tuple(row) for row in rows], cursor.rowcount, limits)
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
