"""Tools: the `tools` section, and the tools that nodes ask for by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from compiler.diagnostics.span import Span
from compiler.expr import ANY, Type
from compiler.ir.builtins import BUILTINS, Parameter, find_builtin
from compiler.ir.names import ToolName
from compiler.ir.nodes import ToolUse
from compiler.ir.values import Constant
from compiler.ir.workflow import (
    BuiltinTool,
    FunctionTool,
    HttpTool,
    McpTool,
    Tool,
)
from compiler.lower.context import Context
from compiler.lower.data import plain_data
from compiler.lower.env_settings import lower_setting, optional_setting
from compiler.lower.http_tools import lower_http
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.lower.tool_settings import check_tool_settings
from compiler.lower.user_functions import UserFunctions
from compiler.record import dataclass, replace
from compiler.spec import McpSpec, ToolSpec, ToolUseSpec
from compiler.syntax import Path


@dataclass(frozen=True, slots=True)
class ToolShape:
    """What a tool takes and gives; `parameters` is None when only its server knows."""

    parameters: tuple[Parameter, ...] | None
    returns: Type


@dataclass(slots=True)
class Tools:
    """The tools of one workflow by name: declared ones, then built-in ones as they are used."""

    ctx: Context
    functions: UserFunctions
    table: dict[str, Tool] = field(default_factory=dict)
    _poisoned: set[str] = field(default_factory=set)

    def declare_all(self) -> None:
        """Lower the `tools` section. Codes: AC306, AC307, AC308, AC701, AC702, AC703."""
        for name, spec in (self.ctx.spec.tools or {}).items():
            span = self.ctx.key_at(spec.at)
            if find_builtin(name) is not None:
                self.ctx.report(
                    "AC306", span, f"`{name}` is a built-in tool", help="choose another name"
                )
                continue
            if not is_name(name):
                report_bad_name(self.ctx, span, name, what="tool")
            tool = self._declared(ToolName(name), spec, span)
            if tool is None:
                self._poisoned.add(name)
            else:
                self.table[name] = tool

    def use(
        self,
        name: str,
        at: Path,
        *,
        on_error: Literal["fail", "continue"],
        config: Constant | None,
    ) -> ToolUse | None:
        """Return the use of a tool by name, which stands at `at`; None after AC304."""
        ctx = self.ctx
        span = ctx.at(at)
        found = self._resolve(name)
        if found is None:
            server = name.partition(".")[0]
            if name not in self._poisoned and server not in self._poisoned:
                known = [*self.table, *BUILTINS]
                ctx.report_unknown("AC304", span, name, known, what="tool")
            return None
        if isinstance(self.table.get(found), McpTool):
            ctx.report(
                "AC304",
                span,
                f"`{name}` is an MCP server, not a tool",
                help=f"name one of its tools: `{name}.tool`",
            )
            return None
        self._note_writes(found, config)
        return ToolUse(ToolName(found), on_error, config, span)

    def permitted_name(self, name: str, at: Path) -> str | None:
        """Return the name of a tool that permissions list: used or not; None after AC304."""
        builtin = find_builtin(name)
        if builtin is not None:
            return builtin.name
        if name in self.table or name.partition(".")[0] in self.table:
            return name
        if name not in self._poisoned:
            known = [*self.table, *BUILTINS]
            self.ctx.report_unknown("AC304", self.ctx.at(at), name, known, what="tool")
        return None

    def use_all(self, uses: Sequence[str | ToolUseSpec] | None, at: Path) -> tuple[ToolUse, ...]:
        """Return the tools of an agent; each name once, the first counts. Codes: AC304, AC306, AC704."""
        found: dict[str, ToolUse] = {}
        for index, item in enumerate(uses or ()):
            use = self._use_of(item, (*at, index))
            if use is None:
                continue
            if use.tool in found:
                self.ctx.report("AC306", use.span, f"the tool `{use.tool}` is listed twice")
            found.setdefault(use.tool, use)
        return tuple(found.values())

    def shape(self, use: ToolUse) -> ToolShape:
        """Return what a used tool takes and gives."""
        builtin = find_builtin(use.tool)
        if builtin is not None:
            return ToolShape(builtin.parameters, builtin.returns)
        match self.table.get(use.tool):
            case FunctionTool(params=params, returns=returns):
                return ToolShape(tuple(Parameter(*each) for each in params), returns)
            case HttpTool(params=params):
                return ToolShape(tuple(Parameter(*each) for each in params), ANY)
            case _:
                return ToolShape(None, ANY)

    def _use_of(self, item: str | ToolUseSpec, at: Path) -> ToolUse | None:
        if isinstance(item, str):
            use = self.use(item, at, on_error="continue", config=None)
            if use is not None:
                check_tool_settings(self.ctx, use, at)
            return use
        config = None
        if item.config is not None:
            config = plain_data(self.ctx, (*item.at, "config"), item.config)
        on_error = item.on_error or "continue"
        use = self.use(item.name, (*item.at, "name"), on_error=on_error, config=config)
        if use is not None:
            check_tool_settings(self.ctx, use, (*item.at, "config"))
        return use

    def _note_writes(self, name: str, config: Constant | None) -> None:
        """One use that may change something makes the built-in tool one that is not read-only."""
        builtin, tool = find_builtin(name), self.table.get(name)
        if builtin is None or builtin.write_setting is None or config is None:
            return
        data = config.data
        if (
            isinstance(tool, BuiltinTool)
            and isinstance(data, dict)
            and data.get(builtin.write_setting)
        ):
            self.table[name] = replace(tool, read_only=False)

    def _resolve(self, name: str) -> str | None:
        """Return the name a tool goes by, and note that a built-in one is used."""
        if name in self.table:
            return name
        builtin = find_builtin(name)
        if builtin is not None:
            tool = BuiltinTool(ToolName(name), None, self.ctx.at(()), builtin.read_only)
            self.table.setdefault(name, tool)
            return name
        server, dot, _ = name.partition(".")
        return name if dot and isinstance(self.table.get(server), McpTool) else None

    def _declared(self, name: ToolName, spec: ToolSpec, span: Span) -> Tool | None:
        if spec.function is not None:
            return self._function(name, spec, spec.function, span)
        if spec.mcp is not None:
            return self._mcp(name, spec, spec.mcp, span)
        if spec.http is not None:
            return lower_http(self.ctx, name, spec, spec.http, span)
        return None

    def _function(
        self, name: ToolName, spec: ToolSpec, text: str, span: Span
    ) -> FunctionTool | None:
        at = (*spec.at, "function")
        found = self.functions.find(text, at)
        if found is None:
            return None
        function = found.function
        problem = None
        if not found.is_defined:
            problem = (
                f"`{found.path}` only imports `{function.name}`, so its parameters are unknown"
            )
        elif function.positional_only:
            first = function.positional_only[0]
            problem = f"the parameter `{first}` of `{function.name}` cannot be given by name"
        if problem is not None:
            help = "tools are called with named arguments: write a `def` around it"
            self.ctx.report("AC702", self.ctx.at(at), problem, help=help)
            return None
        return FunctionTool(
            name=name,
            path=found.path,
            function=function.name,
            is_async=function.is_async,
            description=spec.description or function.description,
            params=tuple((each.name, each.type, each.required) for each in function.parameters),
            returns=function.returns,
            span=span,
            read_only=bool(spec.read_only),
        )

    def _mcp(self, name: ToolName, spec: ToolSpec, mcp: McpSpec, span: Span) -> McpTool:
        ctx = self.ctx
        return McpTool(
            name=name,
            command=tuple(
                lower_setting(ctx, (*mcp.at, "command", index), part)
                for index, part in enumerate(mcp.command or ())
            ),
            url=optional_setting(ctx, (*mcp.at, "url"), mcp.url),
            env=tuple(
                (key, lower_setting(ctx, (*mcp.at, "env", key), value))
                for key, value in (mcp.env or {}).items()
            ),
            span=span,
            read_only=bool(spec.read_only),
        )
