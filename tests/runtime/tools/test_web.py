"""`http_client`, `web_scrape` and what they may not reach."""

import asyncio
import gzip
import socket
import ssl
import threading
import time
import zlib

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tools.address import find_addresses, is_public
from runtime_stubs.tools.http_client import http_client
from runtime_stubs.tools.web_scrape import web_scrape

from .calling import call, refusal
from .local_server import LocalServer, Response, serve

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:db8::1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "192.88.99.1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:7f00:1]",
        "0",
    ],
)
def test_own_machine_is_refused_however_it_is_written(host: str, server: LocalServer) -> None:
    server.answers["/"] = Response(b"secret")
    message = refusal(http_client(), url=f"http://{host}:{server.port}/")
    assert any(part in message for part in ("private address", "not known", "Invalid IPv4"))
    assert server.requests == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "gopher://x", "/etc", "http://", "x"]
)
def test_other_schemes_are_refused(url: str) -> None:
    message = refusal(http_client(allow_private=True), url=url)
    assert "is not an http or https address" in message or "cannot be fetched" in message


def test_a_redirect_to_a_private_address_is_refused(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/start"] = Response(
        status=302, headers={"Location": "http://internal.test/secret"}
    )
    loop_lookup = asyncio.BaseEventLoop.getaddrinfo

    async def lookup(self: asyncio.BaseEventLoop, host: str, port: int, **kwargs: int) -> object:
        if host == "internal.test":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]
        return await loop_lookup(self, host, port, **kwargs)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    monkeypatch.setattr("runtime_stubs.tools.address.is_public", lambda ip: ip == "127.0.0.1")
    message = refusal(http_client(), url=f"{server.url}/start")
    assert message == "host `internal.test` is at the private address 10.0.0.7"


def test_the_checked_address_is_the_one_connected_to(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/"] = Response(b"hello")
    lookups: list[str] = []

    async def lookup(self: object, host: str, port: int, **_: int) -> object:
        lookups.append(host)
        address = "127.0.0.1" if len(lookups) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    tool = http_client(allow_private=True)
    answer = call(tool, url=f"http://rebinding.test:{server.port}/")
    assert isinstance(answer, dict) and answer["body"] == "hello"
    assert lookups.count("rebinding.test") == 1
    assert server.requests[0].headers["Host"] == f"rebinding.test:{server.port}"


def test_certificates_are_checked_against_the_name_not_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    listener = socket.create_server(("127.0.0.1", 0))

    def handshake() -> None:
        connection, _ = listener.accept()
        try:
            context.wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError):
            connection.close()

    async def lookup(self: object, host: str, port: int, **_: int) -> object:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    threading.Thread(target=handshake, daemon=True).start()
    port = listener.getsockname()[1]
    refusal(http_client(allow_private=True), url=f"https://named.test:{port}/")
    listener.close()
    assert names == ["named.test"]


def test_a_host_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lookup(self: object, host: str, port: int, **_: int) -> object:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("1.1.1.1", "192.168.0.1")
        ]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    with pytest.raises(ToolError, match=r"private address 192\.168\.0\.1"):
        asyncio.run(find_addresses("mixed.test", 80, allow_private=False))


def test_hosts_can_be_narrowed(server: LocalServer) -> None:
    server.answers["/"] = Response(b"x")
    tool = http_client(allow_private=True, allow_hosts=["*.example.org"])
    assert refusal(tool, url=server.url) == (
        "host `127.0.0.1` is not allowed; allowed: `*.example.org`"
    )
    assert call(http_client(allow_private=True, allow_hosts=["127.*"]), url=server.url)


def test_request_and_answer(server: LocalServer) -> None:
    server.answers["/items"] = Response.json({"id": 7}, 201)
    fixed = {"Authorization": "Bearer fixed"}
    tool = http_client(allow_private=True, allow_hosts=["127.0.0.1"], headers=fixed)
    answer = call(
        tool,
        url=f"{server.url}/items",
        method="POST",
        query={"page": 2},
        json={"name": "é"},
        headers={"authorization": "Bearer model", "X-More": "1"},
    )
    assert isinstance(answer, dict)
    assert (answer["status"], answer["json"]) == (201, {"id": 7})
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/items?page=2")
    assert request.headers["Authorization"] == "Bearer fixed"
    assert request.headers["X-More"] == "1"
    assert request.body == '{"name":"é"}'


def test_methods_can_be_narrowed(server: LocalServer) -> None:
    tool = http_client(methods=["GET"], allow_private=True)
    assert "`method` must be one of 'GET'" in refusal(tool, url=server.url, method="DELETE")
    assert tool.read_only


def test_size_is_limited_after_unpacking(server: LocalServer) -> None:
    server.answers["/bomb"] = Response(
        gzip.compress(b"0" * 5_000_000), headers={"Content-Encoding": "gzip"}
    )
    message = refusal(http_client(allow_private=True, max_bytes=100_000), url=f"{server.url}/bomb")
    assert message.endswith("is larger than 100000 bytes")


def test_what_is_packed_twice_is_not_unpacked(server: LocalServer) -> None:
    """Each time a thousandfold: a few hundred bytes would fill the memory."""
    body = gzip.compress(gzip.compress(b"0" * 50_000_000))
    for packing in ("gzip, gzip", "br", "zstd"):
        server.answers["/bomb"] = Response(body, headers={"Content-Encoding": packing})
        message = refusal(http_client(allow_private=True), url=f"{server.url}/bomb")
        assert message.endswith(f"is packed as `{packing}`")


def test_packed_answers_are_read(server: LocalServer) -> None:
    for packing, data in (("gzip", gzip.compress(b"tea")), ("deflate", zlib.compress(b"tea"))):
        server.answers["/tea"] = Response(data, headers={"Content-Encoding": packing})
        answer = call(http_client(allow_private=True), url=f"{server.url}/tea")
        assert isinstance(answer, dict)
        assert answer["body"] == "tea"


def test_a_model_sets_no_header_that_leads_elsewhere(server: LocalServer) -> None:
    tool = http_client(allow_private=True, allow_hosts=["127.0.0.1"])
    for name in ("Host", "transfer-encoding", "Content-Length"):
        assert (
            refusal(tool, url=server.url, headers={name: "x"}) == f"header `{name}` cannot be set"
        )
    assert server.requests == []


def test_headers_with_keys_need_to_know_their_hosts(server: LocalServer) -> None:
    tool = http_client(allow_private=True, headers={"X-Key": "secret"})
    assert "needs `allow_hosts`" in refusal(tool, url=server.url)
    assert server.requests == []


def test_a_redirect_to_another_server_takes_no_keys_along(server: LocalServer) -> None:
    with serve() as other:
        server.answers["/go"] = Response(
            status=302, headers={"Location": f"http://127.0.0.1:{other.port}/there"}
        )
        server.answers["/near"] = Response(status=302, headers={"Location": "/here"})
        other.answers["/there"] = server.answers["/here"] = Response(b"x")
        fixed = {"X-Key": "secret"}
        tool = http_client(allow_private=True, allow_hosts=["127.0.0.1"], headers=fixed)
        call(tool, url=f"{server.url}/go", headers={"X-Own": "1"})
        call(tool, url=f"{server.url}/near")
    assert server.requests[0].headers["X-Key"] == "secret"
    assert not {"X-Key", "X-Own"} & other.requests[0].headers.keys()
    assert server.requests[-1].headers["X-Key"] == "secret"


def test_time_is_limited(server: LocalServer) -> None:
    server.answers["/slow"] = Response(b"x", delay=2.0)
    started = time.monotonic()
    message = refusal(http_client(allow_private=True, timeout=0.3), url=f"{server.url}/slow")
    assert "0.3 s" in message or "cannot be fetched" in message
    assert time.monotonic() - started < 1.5


def test_redirects_end(server: LocalServer) -> None:
    server.answers["/loop"] = Response(status=302, headers={"Location": "/loop"})
    assert "cannot be fetched" in refusal(http_client(allow_private=True), url=f"{server.url}/loop")
    assert len(server.requests) < 10


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "cannot be fetched" in refusal(
        http_client(allow_private=True), url=f"http://127.0.0.1:{port}/"
    )


ARTICLE = """<html><head><title>On bees</title></head><body><nav><a href="/">Home</a> Menu</nav>
<article><h1>On bees</h1><p>Bees are flying insects that collect nectar and pollen from flowers all day.</p>
<p>They live in colonies with one queen and thousands of workers who share the work of the hive.</p>
<table><tr><th>Kind</th><th>Count</th></tr><tr><td>Queen</td><td>1</td></tr></table></article>
<footer>All rights reserved</footer></body></html>"""


def test_a_page_becomes_markdown(server: LocalServer) -> None:
    server.answers["/bees"] = Response(ARTICLE.encode(), kind="text/html; charset=utf-8")
    text = call(web_scrape(allow_private=True), url=f"{server.url}/bees")
    assert isinstance(text, str)
    assert text.startswith("# On bees")
    assert "thousands of workers" in text
    assert "Menu" not in text


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("<title>Bees &amp; co</title>", "# Bees & co"),
        ('<title>x</title><meta property="og:title" content="On \n bees">', "# On bees"),
        ("", "Bees are flying"),
    ],
)
def test_the_title_stands_above_a_text_without_one(
    server: LocalServer, head: str, first: str
) -> None:
    page = ARTICLE.replace("<title>On bees</title>", head).replace("<h1>On bees</h1>", "")
    server.answers["/bees"] = Response(page.encode(), kind="text/html")
    text = call(web_scrape(allow_private=True), url=f"{server.url}/bees")
    assert isinstance(text, str)
    assert text.startswith(first)


def test_a_heading_that_is_part_of_the_title_stands_for_it(server: LocalServer) -> None:
    page = ARTICLE.replace("<title>On bees</title>", "<title>On bees | The paper</title>")
    server.answers["/bees"] = Response(page.encode(), kind="text/html")
    text = call(web_scrape(allow_private=True), url=f"{server.url}/bees")
    assert isinstance(text, str)
    assert text.startswith("# On bees\n")
    assert "The paper" not in text


def test_text_and_json_pages_are_given_as_they_are(server: LocalServer) -> None:
    server.answers["/a.txt"] = Response(b"plain")
    server.answers["/a.json"] = Response.json([1])
    tool = web_scrape(allow_private=True)
    assert call(tool, url=f"{server.url}/a.txt") == "plain"
    assert call(tool, url=f"{server.url}/a.json") == "[1]"


def test_pages_without_text_are_told(server: LocalServer) -> None:
    server.answers["/x.png"] = Response(b"\x89PNG", kind="image/png")
    server.answers["/empty"] = Response(b"<html><body></body></html>", kind="text/html")
    tool = web_scrape(allow_private=True)
    assert refusal(tool, url=f"{server.url}/x.png").endswith("expected a page of text")
    assert refusal(tool, url=f"{server.url}/empty").startswith("no text was found")
    assert refusal(tool, url=f"{server.url}/missing").endswith("answered with status 404")


def test_long_pages_are_cut(server: LocalServer) -> None:
    server.answers["/long"] = Response(b"x" * 1000)
    text = call(web_scrape(allow_private=True, max_characters=10), url=f"{server.url}/long")
    assert text == "x" * 10 + "\n[cut]"


def test_scraping_private_addresses_is_refused(server: LocalServer) -> None:
    assert "private address" in refusal(web_scrape(), url=server.url)


def test_certificates_are_not_read_for_every_request(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    load = ssl.SSLContext.load_verify_locations

    def count(context: ssl.SSLContext, *args: str | None, **kwargs: str | None) -> None:
        nonlocal reads
        reads += 1
        load(context, *args, **kwargs)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", count)
    server.answers["/"] = Response(b"text")
    for _ in range(3):
        call(http_client(allow_private=True), url=server.url)
    assert reads <= 1
