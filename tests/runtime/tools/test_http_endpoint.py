"""HTTP endpoints as tools, against a real server."""

import json

import pytest

from runtime_stubs.tools.http_endpoint import http_endpoint

from .calling import call, refusal
from .local_server import LocalServer, Response

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "limit": {"type": "integer"},
        "all": {"type": "boolean"},
    },
    "required": ["id"],
    "additionalProperties": False,
}


def test_parameters_go_into_path_and_query(server: LocalServer) -> None:
    server.answers["/users/a%20b/posts"] = Response.json([{"n": 1}])
    tool = http_endpoint("posts", url=server.url + "/users/{id}/posts", parameters=SCHEMA)
    assert call(tool, id="a b", limit=2, all=True) == [{"n": 1}]
    assert server.requests[0].path == "/users/a%20b/posts?limit=2&all=true"
    assert tool.read_only
    assert "`limit` must be integer" in refusal(tool, id="x", limit="many")


@pytest.mark.parametrize(
    "value", ["../admin", "..", ".", "a/b", "a?x=1", "a#b", "a%2Fb", "a\r\nX: y", "@evil.test/"]
)
def test_an_argument_stays_in_its_place(value: str, server: LocalServer) -> None:
    tool = http_endpoint("one", url=server.url + "/users/{id}/x", parameters=SCHEMA)
    refusal(tool, id=value)  # 404
    path = server.requests[0].path
    assert path.startswith("/users/") and path.endswith("/x") and path.count("/") == 3
    assert "?" not in path


def test_body_and_headers(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t0")
    server.answers["/users/7"] = Response(b"done", 201)
    tool = http_endpoint(
        "save",
        method="post",
        url=server.url + "/users/{id}",
        parameters=SCHEMA,
        headers={"Authorization": "Bearer ${env:TOKEN}"},
    )
    assert call(tool, id="7", limit=1) == "done"
    request = server.requests[0]
    assert (request.method, json.loads(request.body)) == ("POST", {"limit": 1})
    assert request.headers["Authorization"] == "Bearer t0"
    assert not tool.read_only


def test_query_and_body_can_be_told_apart(server: LocalServer) -> None:
    server.answers["/x"] = Response.json({})
    tool = http_endpoint("x", method="PUT", url=server.url + "/x", parameters=SCHEMA, body=["id"])
    call(tool, id="7", limit=1)
    assert (server.requests[0].path, server.requests[0].body) == ("/x?limit=1", '{"id":"7"}')


def test_without_a_schema_the_places_are_the_parameters(server: LocalServer) -> None:
    server.answers["/a/b"] = Response(b"ok")
    tool = http_endpoint("t", url=server.url + "/{one}/{two}")
    assert tool.parameters["required"] == ["one", "two"]
    assert call(tool, one="a", two="b") == "ok"


def test_keys_do_not_follow_a_redirect_to_another_host(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/x"] = Response(
        status=307, headers={"Location": f"http://localhost:{server.port}/y"}
    )
    server.answers["/y"] = Response(b"won")
    tool = http_endpoint("t", url=server.url + "/x", headers={"X-Key": "secret"})
    assert "host `localhost` is not allowed" in refusal(tool)
    assert [request.path for request in server.requests] == ["/x"]


def test_problems_are_told(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    server.answers["/bad"] = Response.json({"error": "no"}, 422)
    assert refusal(http_endpoint("t", url=server.url + "/bad")) == (
        '`t` answered with status 422: {"error": "no"}'
    )
    needs = http_endpoint("t", url=server.url, headers={"A": "${env:TOKEN}"})
    assert refusal(needs) == "set the environment variable `TOKEN`"
    assert "cannot be fetched" in refusal(http_endpoint("t", url="http://127.0.0.1:1/"))
