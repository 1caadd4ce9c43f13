"""`web_search` with each service, played by a local server in the form the real one answers."""

import json

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tools.web_search import web_search

from .calling import call, refusal
from .local_server import LocalServer, Response

FOUND = [
    {"title": "One", "url": "https://one.example", "snippet": "first"},
    {"title": "Two", "url": "https://two.example", "snippet": "second"},
]
DUCK = """<div class="result"><h2 class="result__title">
<a rel="nofollow" class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fone.example&amp;rut=1">O<b>n</b>e</a></h2>
<a class="result__snippet" href="#">fir<b>st</b></a></div>
<div class="result"><a class="result__a" href="https://two.example">Two</a>
<a class="result__snippet">second</a></div>
<a class="result__a" href="javascript:alert(1)">bad</a>"""


def test_searxng(server: LocalServer) -> None:
    results = [{"title": f["title"], "url": f["url"], "content": f["snippet"]} for f in FOUND]
    server.answers["/search"] = Response.json({"results": results})
    assert call(web_search(backend="searxng", url=server.url), query="bees & co") == FOUND
    assert server.requests[0].path == "/search?q=bees+%26+co&format=json"


def test_serper(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERPER_API_KEY", "k1")
    organic = [{"title": f["title"], "link": f["url"], "snippet": f["snippet"]} for f in FOUND]
    server.answers["/search"] = Response.json({"organic": organic})
    tool = web_search(backend="serper", url=server.url, max_results=1)
    assert call(tool, query="bees") == FOUND[:1]
    assert server.requests[0].headers["X-API-KEY"] == "k1"
    assert json.loads(server.requests[0].body) == {"q": "bees", "num": 1}


def test_tavily(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "k2")
    results = [{"title": f["title"], "url": f["url"], "content": f["snippet"]} for f in FOUND]
    server.answers["/search"] = Response.json({"results": results})
    tool = web_search(backend="tavily", url=server.url, api_key_env="MY_KEY")
    assert call(tool, query="bees", max_results=2) == FOUND
    assert server.requests[0].headers["Authorization"] == "Bearer k2"


def test_duckduckgo(server: LocalServer) -> None:
    server.answers["/html/"] = Response(DUCK.encode(), kind="text/html")
    assert call(web_search(backend="duckduckgo", url=server.url), query="bees") == FOUND
    assert server.requests[0].body == "q=bees"


def test_problems_are_told(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERPER_API_KEY", raising=False)
    missing = refusal(web_search(backend="serper", url=server.url), query="x")
    assert missing == "`web_search` needs a key: set the environment variable `SERPER_API_KEY`"
    searxng = web_search(backend="searxng", url=server.url)
    assert refusal(searxng, query="x") == "`searxng` answered with status 404"
    server.answers["/search"] = Response(b"<html>no json</html>", kind="text/html")
    assert refusal(searxng, query="x") == "`searxng` gave an answer that cannot be read"
    server.answers["/search"] = Response.json({"unexpected": 1})
    assert refusal(searxng, query="x") == "`searxng` gave an answer that cannot be read"
    closed = web_search(backend="searxng", url="http://127.0.0.1:1")
    assert refusal(closed, query="x").startswith("`searxng` cannot be reached")
    assert "must be at most 20" in refusal(searxng, query="x", max_results=21)


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(ToolError, match="`altavista` is no search service"):
        web_search(backend="altavista")  # type: ignore[arg-type]
