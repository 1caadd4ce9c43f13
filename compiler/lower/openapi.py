"""OpenAPI descriptions: one operation as method, address and parameters.

Only what a call needs is read: servers, paths, parameters, and a JSON body's properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.diagnostics.sink import Sink
from compiler.expr import ANY, BOOL, DICT, FLOAT, INT, LIST, STR, EnumType, ListType, Type
from compiler.lower.context import Context
from compiler.record import dataclass
from compiler.spec import HttpSpec
from compiler.syntax import parse, to_data

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_TYPES: Mapping[object, Type] = {
    "string": STR,
    "integer": INT,
    "number": FLOAT,
    "boolean": BOOL,
    "array": LIST,
    "object": DICT,
}
_MAX_REFERENCES = 20

_Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; `query` and `body` map names to type and whether they are required."""

    method: str
    url: str
    description: str
    path: dict[str, Type]
    query: dict[str, tuple[Type, bool]]
    body: dict[str, tuple[Type, bool]]


def find_operation(ctx: Context, http: HttpSpec) -> Operation | None:
    """Return the operation a tool names. Codes: AC204, AC308, AC309, AC704."""
    at = (*http.at, "openapi")
    read = ctx.read_file(http.openapi or "", ctx.at(at), what="the OpenAPI description")
    if read is None:
        return None
    path, source = read
    # Mistakes inside of a foreign file are not this workflow's; that it cannot be used is.
    tree = parse(source, Sink())
    document = None if tree is None else to_data(tree)
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        ctx.report(
            "AC204", ctx.at(at), f"`{path}` is not an OpenAPI description: it has no `paths`"
        )
        return None
    operations = {name: item for name, *item in _operations(document)}
    wanted = http.operation
    if wanted is None and len(operations) == 1:
        wanted = next(iter(operations))
    if wanted is None:
        names = ", ".join(f"`{name}`" for name in list(operations)[:12])
        message = f"`{path}` has {len(operations)} operations"
        ctx.report("AC704", ctx.at(at), message, help=f"add `operation`, one of {names}")
        return None
    if wanted not in operations:
        ctx.sink.report_unknown(
            "AC704",
            ctx.at((*http.at, "operation")),
            f"`{path}` has no operation `{wanted}`",
            wanted,
            operations,
            what="operations",
        )
        return None
    method, route, shared, operation = operations[wanted]
    return _read(document, str(method), str(route), _object(shared), _object(operation))


def _operations(document: _Object) -> Iterator[tuple[str, object, object, object, object]]:
    for route, item in _object(document.get("paths")).items():
        for method in _METHODS:
            operation = _object(item).get(method)
            if isinstance(operation, dict):
                name = operation.get("operationId") or f"{method} {route}"
                yield str(name), method, route, item, operation


def _read(
    document: _Object, method: str, route: str, shared: _Object, operation: _Object
) -> Operation:
    path: dict[str, Type] = {}
    query: dict[str, tuple[Type, bool]] = {}
    for raw in [*_list(shared.get("parameters")), *_list(operation.get("parameters"))]:
        parameter = _resolve(document, raw)
        name = parameter.get("name")
        type = _type(document, parameter.get("schema", parameter))
        if not isinstance(name, str):
            continue
        if parameter.get("in") == "path":
            path[name] = type
        elif parameter.get("in") == "query":
            query[name] = (type, parameter.get("required") is True)
    server = _object(next(iter(_list(document.get("servers"))), {})).get("url", "")
    description = operation.get("summary") or operation.get("description") or ""
    return Operation(
        method=method.upper(),
        url=f"{str(server).rstrip('/')}{route}",
        description=str(description),
        path=path,
        query=query,
        body=_body(document, operation),
    )


def _body(document: _Object, operation: _Object) -> dict[str, tuple[Type, bool]]:
    content = _object(_resolve(document, operation.get("requestBody")).get("content"))
    schema = _resolve(document, _object(content.get("application/json")).get("schema"))
    required = _list(schema.get("required"))
    return {
        name: (_type(document, each), name in required)
        for name, each in _object(schema.get("properties")).items()
    }


def _type(document: _Object, raw: object) -> Type:
    schema = _resolve(document, raw)
    values = [each for each in _list(schema.get("enum")) if isinstance(each, str)]
    if values:
        return EnumType(tuple(values))
    type = schema.get("type")
    if type == "array" and "items" in schema:
        items = _object(schema.get("items"))
        return ListType(_TYPES.get(items.get("type"), ANY)) if "$ref" not in items else LIST
    return _TYPES.get(type, ANY) if isinstance(type, str) else ANY


def _resolve(document: _Object, raw: object) -> _Object:
    """Follow `$ref: #/…` to the object it means; references elsewhere give an empty one."""
    found = _object(raw)
    for _ in range(_MAX_REFERENCES):
        reference = found.get("$ref")
        if not isinstance(reference, str):
            return found
        target: object = document
        for part in reference.removeprefix("#/").split("/"):
            target = _object(target).get(part.replace("~1", "/").replace("~0", "~"))
        found = _object(target)
    return {}


def _object(value: object) -> _Object:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
