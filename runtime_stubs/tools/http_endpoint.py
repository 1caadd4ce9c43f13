# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""A custom tool that is an HTTP endpoint."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote

from ..errors import ToolError
from ..tool import Tool
from .address import check_host
from .schema import parameters as make_parameters
from .schema import string
from .web import Page, WebLimits, fetch

__all__ = ["http_endpoint"]

PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
READING = ("GET", "HEAD", "OPTIONS")


def http_endpoint(
    name: str,
    *,
    url: str,
    method: str = "GET",
    description: str = "",
    parameters: Mapping[str, object] | None = None,
    query: Sequence[str] = (),
    body: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    read_only: bool | None = None,
    timeout: float = 30.0,
    max_bytes: int = 1_000_000,
    allow_private: bool = True,
    permitted_hosts: Sequence[str] | None = None,
    on_error: Literal["continue", "fail"] = "continue",
) -> Tool:
    """Make a tool of an endpoint; it gives the JSON of the answer, else its text.

    `{name}` in `url` are parameters, escaped when they are put in. Other parameters named in
    `parameters` (a JSON schema) go into the query, or into a JSON body if `body` names them or the
    method takes one. `${env:NAME}` in `url` and `headers` is read at each call. Redirects to
    other hosts are not followed, so that headers with keys stay where they belong. `permitted_hosts`
    is for a `url` whose host is only known at the call.
    """
    method = method.upper()
    in_path = PLACE.findall(REFERENCE.sub("", url))
    schema = dict(parameters or make_parameters({one: string(one) for one in in_path}))
    properties = schema.get("properties")
    known = list(properties) if isinstance(properties, Mapping) else in_path
    in_body = set(body)
    if method not in READING and not query and not body:
        in_body = set(known) - set(in_path)

    async def call(**arguments: object) -> object:
        target = _filled(url, arguments)
        host = re.sub(r"^https?://([^/@?#]*@)?", "", target).split("/")[0].split("?")[0]
        if permitted_hosts is not None:
            check_host(_host_of(host), permitted_hosts)
        limits = WebLimits(
            timeout,
            max_bytes,
            allow_hosts=[_host_of(host)],
            allow_private=allow_private,
        )
        rest = {key: value for key, value in arguments.items() if key not in in_path}
        sent = {key: value for key, value in rest.items() if key in in_body}
        page = await fetch(
            target,
            limits,
            method=method,
            headers={key: _resolved(value) for key, value in (headers or {}).items()},
            params={k: _query_text(v) for k, v in rest.items() if k not in in_body} or None,
            json=sent if in_body else None,
        )
        return _answer(name, page)

    return Tool(
        name=name,
        description=description or f"{method} {url}",
        parameters=schema,
        call=call,
        read_only=method in READING if read_only is None else read_only,
        effects=frozenset({"network"}),
        on_error=on_error,
    )


def _filled(url: str, arguments: Mapping[str, object]) -> str:
    """Put arguments and environment into the address; an argument cannot leave its place."""

    def escaped(found: re.Match[str]) -> str:
        if found[1] not in arguments:
            raise ToolError(f"`{found[1]}` is missing: it is part of the address")
        text = quote(_query_text(arguments[found[1]]), safe="")
        return text.replace(".", "%2E") if set(text) <= {"."} else text

    parts = REFERENCE.split(url)  # text, variable, text, variable, …
    return "".join(
        _variable(part) if number % 2 else PLACE.sub(escaped, part)
        for number, part in enumerate(parts)
    )


def _resolved(value: str) -> str:
    return REFERENCE.sub(lambda found: _variable(found[1]), value)


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ToolError(f"set the environment variable `{name}`")
    return value


def _host_of(authority: str) -> str:
    return re.sub(r":\d+$", "", authority).strip("[]")


def _query_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _answer(name: str, page: Page) -> object:
    if page.status >= 400:
        raise ToolError(f"`{name}` answered with status {page.status}: {page.text[:500]}")
    if "json" not in page.headers.get("content-type", ""):
        return page.text
    return page.json()
