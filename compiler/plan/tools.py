"""`tools.py` as a view."""

from __future__ import annotations

import json
from typing import TypeAlias, assert_never

from compiler.expr import RecordField, RecordType, json_schema
from compiler.ir.builtins import ALIASES
from compiler.ir.names import ToolName
from compiler.ir.workflow import (
    BuiltinTool,
    FunctionTool,
    HttpTool,
    McpTool,
    Permissions,
    Setting,
    Tool,
)
from compiler.plan.app import setting
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.memory import has_memory
from compiler.plan.package import Package
from compiler.plan.text import Code, identifier, literal, tuple_of

Config: TypeAlias = dict[str, object]
"""Keyword arguments of a tool's maker."""


def tool_constants(package: Package, imports: Imports) -> tuple[ConstantView, ...]:
    """Return a constant per tool that is used; the user's modules they need are noted in `package`."""
    known = {tool.name: tool for tool in package.workflow.tools}
    found: list[ConstantView] = []
    servers: dict[str, str] = {}
    for key, constant in package.tools.items():
        tool = known.get(key.tool)
        if tool is not None:
            code = _tool(tool, package, imports, json.loads(key.config))
        else:
            server_name, _, inner = key.tool.partition(".")
            if server_name not in servers:
                servers[server_name] = server_name.upper()
                server = _tool(known[ToolName(server_name)], package, imports, {})
                found.append(ConstantView(Code(servers[server_name]), server))
            extra = ", read_only=True" if known[ToolName(server_name)].read_only else ""
            code = Code(f"{servers[server_name]}.tool({literal(inner)}{extra})")
        if key.is_fatal:
            code = Code(f'{imports.use("dataclasses", "replace")}({code}, on_error="fail")')
        found.append(ConstantView(Code(constant), code))
    return tuple(found)


_PERMITTED_FILES = frozenset({"file_glob", "file_move", "file_read", "file_write"})
_PERMITTED_HOSTS = frozenset({"http_client", "web_scrape"})


def _builtin(tool: BuiltinTool, package: Package, imports: Imports, own: Config) -> Code:
    """A built-in tool; what the workflow's permissions promise is narrowed to here, at run time."""
    name = ALIASES.get(tool.name, tool.name)
    make = imports.use_runtime(f"tools.{name}", name)
    declared = tool.config.data if tool.config is not None else {}
    assert isinstance(declared, dict)
    config: Config = {**_promised(package.workflow.config.permissions, name), **declared, **own}
    if name != tool.name:
        config = {"backend": "serper", "name": str(tool.name), **config}
    pairs = [f"{identifier(key)}={literal(value)}" for key, value in config.items()]
    if name == "memory_search" and has_memory(package.workflow):
        pairs.insert(0, imports.use(".memory", "MEMORY"))
    return Code(f"{make}({', '.join(pairs)})")


def _promised(permissions: Permissions, name: str) -> Config:
    if name in _PERMITTED_FILES and permissions.files is not None:
        return {"roots": list(permissions.files)}
    hosts = _hosts(permissions)
    if name in _PERMITTED_HOSTS and hosts is not None:
        return {"allow_hosts": hosts}
    return {}


def _hosts(permissions: Permissions) -> list[str] | None:
    """The permitted hosts, without ports: those are no matter of permissions."""
    if not isinstance(permissions.network, tuple):
        return None
    return [host.partition(":")[0] for host in permissions.network]


def _tool(tool: Tool, package: Package, imports: Imports, own: Config) -> Code:
    match tool:
        case BuiltinTool():
            return _builtin(tool, package, imports, own)
        case FunctionTool():
            make = imports.use_runtime("tool", "function_tool")
            module = imports.use(".user", package.user_module(tool.path))
            given = [f"{module}.{identifier(tool.function)}", f"name={literal(tool.name)}"]
            if tool.description:
                given.append(f"description={literal(tool.description)}")
            if tool.read_only:
                given.append("read_only=True")
            return Code(f"{make}({', '.join(given)})")
        case McpTool():
            make = imports.use_runtime("tools.mcp", "McpServer")
            given = [f"name={literal(tool.name)}"]
            if tool.command:
                given.append(f"command={tuple_of(setting(part) for part in tool.command)}")
            if tool.url is not None:
                given.append(f"url={setting(tool.url)}")
            if tool.env:
                given.append(f"env={_settings(tool.env)}")
            return Code(f"{make}({', '.join(given)})")
        case HttpTool():
            make = imports.use_runtime("tools.http_endpoint", "http_endpoint")
            record = RecordType(None, tuple(RecordField(n, t, r) for n, t, r in tool.params))
            given = [
                literal(tool.name),
                f"method={literal(tool.method)}",
                f"url={setting(tool.url)}",
            ]
            if tool.description:
                given.append(f"description={literal(tool.description)}")
            if tool.params:
                given.append(f"parameters={literal(json_schema(record))}")
            if tool.query:
                given.append(f"query={literal(list(tool.query))}")
            if tool.body:
                given.append(f"body={literal(list(tool.body))}")
            if tool.timeout is not None:
                given.append(f"timeout={literal(float(tool.timeout))}")
            if tool.headers:
                given.append(f"headers={_settings(tool.headers)}")
            if tool.read_only:
                given.append("read_only=True")
            hosts = _hosts(package.workflow.config.permissions)
            if hosts is not None and _is_host_open(tool.url):
                given.append(f"permitted_hosts={literal(hosts)}")
            return Code(f"{make}({', '.join(given)})")
        case _:
            assert_never(tool)


def _is_host_open(url: Setting) -> bool:
    """Whether the host is known only at run time: the compiler has checked all others."""
    if not isinstance(url, str):
        return True
    return "{" in url.partition("://")[2].partition("/")[0]


def _settings(pairs: tuple[tuple[str, Setting], ...]) -> Code:
    listed = ", ".join(f"{literal(key)}: {setting(value)}" for key, value in pairs)
    return Code(f"{{{listed}}}")
