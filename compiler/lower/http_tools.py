"""HTTP endpoints as tools: their parameters come from the address, the query and the body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from compiler.diagnostics.span import Span
from compiler.expr import STR, Type
from compiler.ir.names import ToolName
from compiler.ir.workflow import HttpTool
from compiler.lower.context import Context
from compiler.lower.declared_types import field_type
from compiler.lower.env_settings import lower_setting
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.lower.openapi import Operation, find_operation
from compiler.spec import FieldSpec, HttpSpec, ToolSpec

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PARAMETER = re.compile(r"(?<!\$)\{([^{}:]*)\}")

_Params = dict[str, tuple[Type, bool]]


def lower_http(
    ctx: Context, name: ToolName, spec: ToolSpec, http: HttpSpec, span: Span
) -> HttpTool | None:
    """Return an HTTP tool; None when its OpenAPI description cannot be used. Codes: AC204, AC306, AC704."""
    operation: Operation | None = None
    if http.openapi is not None:
        operation = find_operation(ctx, http)
        if operation is None:
            return None
    url = http.url or (operation.url if operation else "")
    method = (http.method or (operation.method if operation else "GET")).upper()
    if method not in _METHODS:
        allowed = ", ".join(f"`{each}`" for each in _METHODS)
        place = ctx.at((*http.at, "method"))
        ctx.report("AC204", place, f"`{http.method}` is not one of {allowed}")
        method = "GET"
    in_url = dict.fromkeys(_PARAMETER.findall(url))
    path: _Params = dict.fromkeys(in_url, (STR, True))
    query, body = _declared(ctx, http.query), _declared(ctx, http.body)
    description = spec.description or ""
    if operation is not None:
        path |= {each: (type, True) for each, type in operation.path.items() if each in in_url}
        query = operation.query | query
        body = operation.body | body
        description = description or operation.description
    path |= _path_params(ctx, http, in_url)
    params: _Params = {}
    for section, group in (("params", path), ("query", query), ("body", body)):
        for each, shape in group.items():
            place = ctx.key_at((*http.at, section, each))
            if not is_name(each):
                report_bad_name(ctx, place, each, what="parameter")
            elif each in params:
                ctx.report("AC306", place, f"the tool has the parameter `{each}` twice")
            else:
                params[each] = shape
    return HttpTool(
        name=name,
        method=method,
        url=lower_setting(ctx, (*http.at, "url"), url),
        headers=tuple(
            (key, lower_setting(ctx, (*http.at, "headers", key), value))
            for key, value in (http.headers or {}).items()
        ),
        params=tuple((each, type, required) for each, (type, required) in params.items()),
        description=description,
        span=span,
        read_only=method in ("GET", "HEAD") if spec.read_only is None else spec.read_only,
        query=tuple(each for each in query if each in params),
        body=tuple(each for each in body if each in params),
        timeout=http.timeout,
    )


def _path_params(ctx: Context, http: HttpSpec, in_url: Mapping[str, None]) -> _Params:
    """Return the declared types of the parameters in the address."""
    found: _Params = {}
    for each, spec in (http.params or {}).items():
        if each in in_url:
            found[each] = (field_type(ctx, spec), True)
            continue
        ctx.sink.report_unknown(
            "AC704",
            ctx.key_at(spec.at),
            f"the address has no `{{{each}}}`",
            each,
            in_url,
            what="parameters of the address",
        )
    return found


def _declared(ctx: Context, section: Mapping[str, FieldSpec] | None) -> _Params:
    return {
        name: (field_type(ctx, spec), spec.required is not False and not spec.has_default)
        for name, spec in (section or {}).items()
    }
