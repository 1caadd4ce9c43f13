"""An MCP server for the tests: `python mcp_program.py` over stdio, `… PORT` over HTTP."""

import os
import sys

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

server = MCPServer("counting")
calls = 0


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
def count() -> dict[str, object]:
    """Count the calls of this process."""
    global calls
    calls += 1
    return {"calls": calls, "process": os.getpid()}


@server.tool()
def greet(name: str) -> str:
    """Greet somebody."""
    return f"hello {name}, {os.environ.get('GREETING', 'no greeting')}"


@server.tool()
def refuse() -> str:
    """Always refuse."""
    raise ToolError("not today")


@server.tool()
def leave() -> str:
    """End the process."""
    os._exit(3)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")
