"""Tools of real MCP servers, over stdio and HTTP."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.run import Run, activate
from runtime_stubs.tool import call_tool, prepared
from runtime_stubs.tools.mcp import McpServer

PROGRAM = str(Path(__file__).with_name("mcp_program.py"))


def stdio(timeout: float = 60.0) -> McpServer:
    return McpServer(
        name="counting",
        command=[sys.executable, PROGRAM],
        env={"GREETING": "good day"},
        timeout=timeout,
    )


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


async def in_run(*steps: tuple[McpServer, str, dict[str, object]]) -> list[object]:
    """Call tools one after the other in one run, which is closed in the end."""
    run = Run()
    with activate(run):
        try:
            return [await call_tool(server.tool(name), **args) for server, name, args in steps]
        finally:
            await run.close()


def test_one_process_serves_a_run_and_ends_with_it() -> None:
    server = stdio()
    results = asyncio.run(
        in_run((server, "add", {"a": 1, "b": 2}), (server, "count", {}), (server, "count", {}))
    )
    assert results[0] == 3
    first, second = results[1], results[2]
    assert isinstance(first, dict) and isinstance(second, dict)
    assert second == {"calls": 2, "process": first["process"]}
    assert not alive(first["process"])


def test_runs_do_not_share_a_process() -> None:
    server = stdio()

    async def two() -> tuple[list[object], list[object]]:
        return await asyncio.gather(in_run((server, "count", {})), in_run((server, "count", {})))

    (first,), (second,) = asyncio.run(two())
    assert first != second


def test_calls_at_the_same_time_share_the_session() -> None:
    server = stdio()

    async def many() -> list[object]:
        run = Run()
        with activate(run):
            tool = server.tool("count")
            found = await asyncio.gather(*(call_tool(tool) for _ in range(20)))
            await run.close()
            return found

    found = asyncio.run(many())
    assert sorted(each["calls"] for each in found) == list(range(1, 21))  # type: ignore[index]


def test_prepared_tools_have_description_and_parameters() -> None:
    server = stdio()

    async def prepare() -> None:
        run = Run()
        with activate(run):
            (tool,) = await prepared([server.tool("add", read_only=True)])
            assert (tool.name, tool.description) == ("counting_add", "Add two numbers.")
            assert tool.parameters["required"] == ["a", "b"]
            assert tool.read_only
            with pytest.raises(ToolError, match="`b`"):
                await call_tool(tool, a=1)
            with pytest.raises(ToolError, match="no tool `sub`, it has add, count, greet"):
                await prepared([server.tool("sub")])
            await run.close()

    asyncio.run(prepare())


def test_text_environment_and_errors() -> None:
    server = stdio()
    assert asyncio.run(in_run((server, "greet", {"name": "Ann"}))) == ["hello Ann, good day"]
    with pytest.raises(ToolError, match="not today"):
        asyncio.run(in_run((server, "refuse", {})))
    with pytest.raises(ToolError):
        asyncio.run(in_run((server, "add", {"a": "x", "b": 2})))


def test_secrets_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    code = "import os, sys; sys.stderr.write(str('OPENAI_API_KEY' in os.environ)); sys.exit(1)"
    server = McpServer(name="x", command=[sys.executable, "-c", code], timeout=5)
    with pytest.raises(ToolError, match="`x`"):
        asyncio.run(in_run((server, "y", {})))


def test_a_server_that_dies_is_started_again() -> None:
    server = stdio(timeout=10)

    async def twice() -> object:
        run = Run()
        with activate(run):
            with pytest.raises(ToolError, match="counting"):
                await call_tool(server.tool("leave"))
            result = await call_tool(server.tool("add"), a=2, b=2)
            await run.close()
            return result

    assert asyncio.run(twice()) == 4


def test_servers_that_cannot_be_reached_are_told() -> None:
    missing = McpServer(name="gone", command=["no-such-program-here"], timeout=5)
    with pytest.raises(ToolError, match="MCP server `gone` cannot be reached"):
        asyncio.run(in_run((missing, "x", {})))
    mute = McpServer(
        name="mute", command=[sys.executable, "-c", "import time; time.sleep(60)"], timeout=1
    )
    started = time.monotonic()
    with pytest.raises(ToolError, match="`mute` did not answer within 1 s"):
        asyncio.run(in_run((mute, "x", {})))
    assert time.monotonic() - started < 15
    closed = McpServer(name="closed", url="http://127.0.0.1:1/mcp", timeout=5)
    with pytest.raises(ToolError, match="`closed`"):
        asyncio.run(in_run((closed, "x", {})))
    with pytest.raises(ToolError, match="either"):
        McpServer(name="x")


@pytest.fixture
def http_url() -> Iterator[str]:
    """A server over streamable HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen([sys.executable, PROGRAM, str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        process.wait()


def test_streamable_http(http_url: str) -> None:
    server = McpServer(name="web", url=http_url)
    results = asyncio.run(
        in_run((server, "add", {"a": 2, "b": 3}), (server, "greet", {"name": "Bob"}))
    )
    assert results == [5, "hello Bob, no greeting"]


def test_a_run_outside_of_an_app_ends_its_session_with_the_loop() -> None:
    server = stdio()

    async def forgetful() -> object:
        return await call_tool(server.tool("count"))

    found = asyncio.run(forgetful())
    assert isinstance(found, dict)
    for _ in range(50):
        if not alive(found["process"]):
            break
        time.sleep(0.1)
    assert not alive(found["process"])
    assert os.getpid() != found["process"]
