"""Connections that tools keep between requests: reused where that is safe, and nowhere else."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tool import Tool, call_tool
from runtime_stubs.tools.http_client import http_client
from runtime_stubs.tools.web_search import web_search


class KeepingServer(ThreadingHTTPServer):
    """Keeps connections open; notes from which port each request came, and which ports left."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ports: list[int] = []
        self.left: list[int] = []
        self.impatient = False  # closes each connection at its second request

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server_port


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: KeepingServer

    def do_GET(self) -> None:
        port = self.client_address[1]
        if self.server.impatient and port in self.server.ports:
            self.close_connection = True
            return
        self.server.ports.append(port)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b'{"results": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def finish(self) -> None:
        super().finish()
        self.server.left.append(self.client_address[1])

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def server() -> Iterator[KeepingServer]:
    with KeepingServer() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All names lead to this machine; gives those that were looked up."""
    asked: list[str] = []

    async def lookup(self: object, host: str, port: int, **_: int) -> object:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    return asked


def calls(*wanted: tuple[Tool, dict[str, str]]) -> None:
    """Call tools one after the other in one event loop."""

    async def all_of_them() -> None:
        for tool, arguments in wanted:
            await call_tool(tool, **arguments)

    asyncio.run(all_of_them())


def test_a_server_is_connected_to_once(server: KeepingServer, names: list[str]) -> None:
    tool = http_client(allow_private=True)
    url = f"http://a.test:{server.port}/"
    calls(*[(tool, {"url": url})] * 3)
    assert len(set(server.ports)) == 1
    assert names == ["a.test"]
    search = web_search(backend="searxng", url=f"http://127.0.0.1:{server.port}")
    calls(*[(search, {"query": "bees"})] * 2)
    assert len(set(server.ports)) == 2, "the event loop was another"


def test_two_names_of_one_address_are_connected_to_apart(
    server: KeepingServer, names: list[str]
) -> None:
    # A certificate that was checked for one name says nothing of another.
    tool = http_client(allow_private=True)
    calls(*[(tool, {"url": f"http://{name}.test:{server.port}/"}) for name in "abab"])
    assert len(set(server.ports)) == 2
    assert names == ["a.test", "b.test"]


def test_a_connection_that_was_allowed_is_none_for_others(server: KeepingServer) -> None:
    url = {"url": f"http://127.0.0.1:{server.port}/"}
    with pytest.raises(ToolError, match="private address"):
        calls((http_client(allow_private=True), url), (http_client(), url))
    narrow = http_client(allow_private=True, allow_hosts=["a.test"])
    with pytest.raises(ToolError, match="not allowed"):
        calls((http_client(allow_private=True), url), (narrow, url))
    assert len(server.ports) == 2


def test_what_may_not_be_sent_twice_gets_a_new_connection(server: KeepingServer) -> None:
    tool = http_client(allow_private=True)
    url = {"url": f"http://127.0.0.1:{server.port}/"}
    post = {**url, "method": "POST"}
    calls((tool, url), (tool, post), (tool, post), (tool, url))
    first, second, third, last = server.ports
    assert first == last
    assert len({first, second, third}) == 3


def test_a_connection_that_closes_at_the_wrong_moment_is_made_again(
    server: KeepingServer,
) -> None:
    server.impatient = True
    tool = http_client(allow_private=True)
    calls(*[(tool, {"url": f"http://127.0.0.1:{server.port}/"})] * 3)
    assert len(set(server.ports)) == 3


def test_connections_end_with_the_event_loop(server: KeepingServer) -> None:
    calls((http_client(allow_private=True), {"url": f"http://127.0.0.1:{server.port}/"}))
    for _ in range(100):
        if server.left == server.ports:
            break
        threading.Event().wait(0.02)
    assert server.left == server.ports


def test_a_search_goes_through_the_proxy_of_the_environment(
    server: KeepingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    calls((web_search(backend="searxng", url="http://search.test"), {"query": "bees"}))
    assert len(server.ports) == 1
