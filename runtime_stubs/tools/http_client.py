# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`http_client`: one HTTP request."""

from collections.abc import Mapping, Sequence

from ..errors import ToolError
from ..tool import Tool
from .schema import mapping, parameters, string
from .web import WebLimits, fetch

__all__ = ["http_client"]

READING = ("GET", "HEAD", "OPTIONS")
# They decide which server answers and where a request ends: a model could reach other hosts.
FRAMING = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def http_client(
    *,
    methods: Sequence[str] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    allow_hosts: Sequence[str] | None = None,
    allow_private: bool = False,
    headers: Mapping[str, str] | None = None,
    timeout: float = 20.0,
    max_bytes: int = 1_000_000,
) -> Tool:
    """Make a tool that sends one request and gives `{status, url, headers, body, json}`.

    `headers` are added to each request, out of the model's sight; because they may hold keys they
    need `allow_hosts`. Addresses that are not public are refused unless `allow_private`;
    `allow_hosts` narrows the rest (`*.example.org`).
    """
    limits = WebLimits(timeout, max_bytes, allow_hosts=allow_hosts, allow_private=allow_private)

    async def call(
        url: str,
        method: str = "GET",
        headers: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        json: object = None,
        body: str | None = None,
    ) -> object:
        if fixed and allow_hosts is None:
            raise ToolError(
                "the setting `headers` needs `allow_hosts`: a model chooses the address"
            )
        if json is not None and body is not None:
            raise ToolError("a request has either `json` or `body`, not both")
        page = await fetch(
            url,
            limits,
            method=method,
            headers={**_own(headers, fixed), **fixed},
            params=_texts(query) or None,
            json=json,
            content=body,
        )
        return {
            "status": page.status,
            "url": page.url,
            "headers": dict(page.headers),
            "body": page.text,
            "json": page.json() if "json" in page.headers.get("content-type", "") else None,
        }

    fixed = dict(headers or {})
    return Tool(
        name="http_client",
        description="Send an HTTP request and return status, headers and body of the answer.",
        parameters=parameters(
            {
                "url": string("Address, http or https"),
                "method": string("HTTP method, `GET` if not given", choices=methods),
                "headers": mapping("Headers to send"),
                "query": mapping("Parameters to add to the address"),
                "json": {"description": "Value to send as a JSON body"},
                "body": string("Text to send as the body"),
            },
            optional=("method", "headers", "query", "json", "body"),
        ),
        call=call,
        read_only=all(method in READING for method in methods),
        effects=frozenset({"network"}),
    )


def _own(headers: Mapping[str, object] | None, fixed: Mapping[str, str]) -> dict[str, str]:
    """Return the model's headers: none that says where a request goes or ends, none of ours."""
    known = {name.lower() for name in fixed}
    for name in headers or ():
        if name.lower() in FRAMING:
            raise ToolError(f"header `{name}` cannot be set")
    return {name: text for name, text in _texts(headers).items() if name.lower() not in known}


def _texts(values: Mapping[str, object] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items()}
