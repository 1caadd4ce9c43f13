# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`sql_query`: one SQL statement, with bound parameters and limits, reading only unless allowed."""

import asyncio
import os
from collections.abc import Mapping

from ..errors import ToolError
from ..tool import Tool
from .schema import mapping, parameters, string
from .sql_result import SqlLimits
from .sql_server import query_server
from .sql_sqlite import query_sqlite

__all__ = ["sql_query"]


def sql_query(
    *,
    url: str | None = None,
    url_env: str | None = None,
    allow_writes: bool = False,
    max_rows: int = 100,
    timeout: float = 30.0,
) -> Tool:
    """Make a tool that runs one statement and gives `{rows, row_count, truncated}`.

    `url` is an SQLAlchemy address (`sqlite:///data.db`, `postgresql+psycopg://…`); `url_env` names
    the environment variable that holds it, the place for one with a password. Values go into
    `:name` parameters. More than `max_rows` rows are cut off. A row is an object by column name.
    """
    if (url is None) == (url_env is None):
        raise ToolError("`sql_query` needs either `url` or `url_env`")
    limits = SqlLimits(allow_writes, max_rows, timeout)

    async def call(sql: str, params: Mapping[str, object] | None = None) -> dict[str, object]:
        target = url or os.environ.get(url_env or "")
        if not target:
            raise ToolError(f"set the environment variable `{url_env}` to the database's address")
        query = query_sqlite if target.startswith("sqlite:") else query_server
        try:
            async with asyncio.timeout(timeout + 5):
                return await asyncio.to_thread(query, target, sql, dict(params or {}), limits)
        except TimeoutError:
            raise ToolError(f"the statement took longer than {timeout:g} s") from None

    return Tool(
        name="sql_query",
        description="Run one SQL statement. Put values into `:name` parameters.",
        parameters=parameters(
            {
                "sql": string("The statement, with `:name` in place of values"),
                "params": mapping("The values, by name"),
            },
            optional=("params",),
        ),
        call=call,
        read_only=not allow_writes,
        effects=frozenset({"database"}),
    )
