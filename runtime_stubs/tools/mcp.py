# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Tools of MCP servers, over one open session per run and server."""

import asyncio
import functools
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CONNECTION_CLOSED, CallToolResult, TextContent
from mcp.types import Tool as Offered

from ..errors import ToolError
from ..run import current
from ..text import text
from ..tool import Tool

__all__ = ["McpServer"]

log = logging.getLogger(__name__)


class McpServer:
    """One server: a `command` to start, or the `url` of a running one (streamable HTTP).

    `env` is the environment of the command besides PATH, HOME and the like; `headers` go with each
    request to `url`. `timeout` (s) is for connecting and for each call.
    """

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str] = (),
        url: str | None = None,
        env: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> None:
        if bool(command) == (url is not None):
            raise ToolError(f"MCP server `{name}` needs either `command` or `url`")
        self.name = name
        self.command = tuple(command)
        self.url = url
        self.env = dict(env or {})
        self.headers = dict(headers or {})
        self.timeout = timeout
        self._sessions: dict[str, _Session] = {}

    def tool(
        self,
        name: str,
        *,
        read_only: bool = False,
        on_error: Literal["continue", "fail"] = "continue",
    ) -> Tool:
        """Return one tool of the server; what it takes is known once it has been prepared."""

        async def call(**arguments: object) -> object:
            return await self._call(name, arguments)

        async def prepare() -> Tool:
            offered = await self._offered(name)
            return replace(
                tool,
                description=offered.description or offered.title or tool.description,
                parameters=dict(offered.input_schema),
                returns=dict(offered.output_schema) if offered.output_schema else None,
                prepare=None,
            )

        tool = Tool(
            name=re.sub(r"[^A-Za-z0-9_-]", "_", f"{self.name}_{name}"),  # what models take
            description=f"Tool `{name}` of the MCP server `{self.name}`.",
            parameters={"type": "object"},
            call=call,
            read_only=read_only,
            effects=frozenset({"mcp"}),
            on_error=on_error,
            prepare=prepare,
        )
        return tool

    async def _call(self, name: str, arguments: Mapping[str, object]) -> object:
        client = await self._client()
        try:
            result = await client.call_tool(
                name, dict(arguments), read_timeout_seconds=self.timeout
            )
        except Exception as error:
            if isinstance(error, MCPError) and error.code != CONNECTION_CLOSED:
                raise ToolError(f"`{self.name}.{name}`: {error.message}") from None
            self._forget()
            raise ToolError(f"MCP server `{self.name}` broke off: {_reason(error)}") from error
        return _value(f"{self.name}.{name}", result)

    async def _offered(self, name: str) -> Offered:
        client = await self._client()
        names: list[str] = []
        cursor: str | None = None
        while True:
            page = await client.list_tools(cursor=cursor)
            for offered in page.tools:
                if offered.name == name:
                    return offered
                names.append(offered.name)
            cursor = page.next_cursor
            if not cursor:
                raise ToolError(
                    f"MCP server `{self.name}` has no tool `{name}`, it has {', '.join(names)}"
                )

    async def _client(self) -> Client:
        """Return the session of the active run, opened on first use, closed with the run."""
        run = current()
        session = self._sessions.get(run.id)
        if session is None or not session.usable():
            session = _Session(self)
            self._sessions[run.id] = session
            run.closers.append(functools.partial(self._close, run.id))
        return await session.client()

    def _forget(self) -> None:
        session = self._sessions.pop(current().id, None)
        if session is not None:
            session.end.set()

    async def _close(self, run: str) -> None:
        session = self._sessions.pop(run, None)
        if session is not None:
            session.end.set()
            await asyncio.wait([session.task])


class _Session:
    """An open connection, held by a task of its own: it must be closed by the task that opened it."""

    def __init__(self, server: McpServer) -> None:
        self.loop = asyncio.get_running_loop()
        self.end = asyncio.Event()
        self._opened: asyncio.Future[Client] = self.loop.create_future()
        self._server = server
        self.task = self.loop.create_task(self._hold())

    def usable(self) -> bool:
        """Say whether it is open (or opening) in the event loop that runs now."""
        return self.loop is asyncio.get_running_loop() and not self.task.done()

    async def client(self) -> Client:
        """Wait until the connection is open."""
        server = self._server
        try:
            async with asyncio.timeout(server.timeout):
                return await asyncio.shield(self._opened)
        except TimeoutError:
            self.end.set()
            self.task.cancel()
            raise ToolError(
                f"MCP server `{server.name}` did not answer within {server.timeout:g} s"
            ) from None

    async def _hold(self) -> None:
        server = self._server
        try:
            async with _connect(server) as client:
                self._opened.set_result(client)
                await self.end.wait()
        except Exception as error:  # told to whoever waits for the session
            log.debug("MCP server %s", server.name, exc_info=True)
            if not self._opened.done():
                self._opened.set_exception(
                    ToolError(f"MCP server `{server.name}` cannot be reached: {_reason(error)}")
                )
        finally:
            self._opened.cancel()


def _connect(server: McpServer) -> Client:
    if server.url is None:
        program, *arguments = server.command
        return Client(
            stdio_client(StdioServerParameters(command=program, args=arguments, env=server.env))
        )
    http = httpx2.AsyncClient(headers=server.headers, timeout=server.timeout)
    return Client(streamable_http_client(server.url, http_client=http))


def _value(name: str, result: CallToolResult) -> object:
    """Return what a tool gave: its structured content, else its text, else the parts as data."""
    texts = [part.text for part in result.content if isinstance(part, TextContent)]
    if result.is_error:
        raise ToolError(f"`{name}` failed: {' '.join(texts) or 'no reason given'}")
    structured: object = result.structured_content
    if isinstance(structured, dict):
        # The protocol wants an object: SDKs wrap other values as {"result": value}.
        return structured["result"] if structured.keys() == {"result"} else structured
    if len(texts) == len(result.content):
        return "\n".join(texts)
    return text([part.model_dump(mode="json", exclude_none=True) for part in result.content])


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
