"""`tools.py` as a view."""

from __future__ import annotations

from typing import assert_never

from compiler.expr import RecordField, RecordType, json_schema
from compiler.ir.names import ToolName
from compiler.ir.workflow import (
    BuiltinTool,
    FunctionTool,
    HttpTool,
    McpTool,
    Setting,
    Tool,
)
from compiler.plan.app import setting
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.package import Package
from compiler.plan.text import Code, identifier, literal, tuple_of


def tool_constants(package: Package, imports: Imports) -> tuple[ConstantView, ...]:
    """Return a constant per tool that is used; the user's modules they need are noted in `package`."""
    known = {tool.name: tool for tool in package.workflow.tools}
    found: list[ConstantView] = []
    servers: dict[str, str] = {}
    for name, constant in package.tools.items():
        tool = known.get(name)
        if tool is not None:
            found.append(ConstantView(Code(constant), _tool(tool, package, imports)))
            continue
        server_name, _, inner = name.partition(".")
        server = known[ToolName(server_name)]
        if server_name not in servers:
            servers[server_name] = server_name.upper()
            found.append(ConstantView(Code(servers[server_name]), _tool(server, package, imports)))
        call = Code(f"{servers[server_name]}.tool({literal(inner)})")
        found.append(ConstantView(Code(constant), call))
    return tuple(found)


def _tool(tool: Tool, package: Package, imports: Imports) -> Code:
    match tool:
        case BuiltinTool():
            make = imports.use_runtime(f"tools.{tool.name}", tool.name)
            config = tool.config.data if tool.config is not None else {}
            assert isinstance(config, dict)
            pairs = (f"{identifier(key)}={literal(value)}" for key, value in config.items())
            return Code(f"{make}({', '.join(pairs)})")
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
            return Code(f"{make}({', '.join(given)})")
        case _:
            assert_never(tool)


def _settings(pairs: tuple[tuple[str, Setting], ...]) -> Code:
    listed = ", ".join(f"{literal(key)}: {setting(value)}" for key, value in pairs)
    return Code(f"{{{listed}}}")
