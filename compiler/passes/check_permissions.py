"""Hold every node to what `config.permissions` promises for the whole workflow.

    permissions: {tools: [calculator], network: false, sandbox: docker}
    agent with tools [web_search]     AC604: not among the permitted tools; AC608 if it were: it uses the network
    code with mode: python            AC605: docker was promised

What a model is asked, and where it is reached, is no matter of permissions: they are about what nodes do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath
from urllib.parse import urlsplit

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.expr import constant_value, plain_text
from compiler.ir.builtins import find_builtin
from compiler.ir.names import ToolName
from compiler.ir.nodes import CodeBody, Input, Node, ToolBody, ToolUse
from compiler.ir.tool_settings import SEARCH_HOSTS
from compiler.ir.uses import tool_uses, tools_used
from compiler.ir.values import Constant, Expression, Text, Value
from compiler.ir.workflow import HttpTool, McpTool, Permissions, Tool, Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.words import join_names
from compiler.record import dataclass

_PATH_ARGUMENTS = frozenset({"path", "source", "target", "pattern"})


def check_permissions(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC604, AC605, AC608 and AC609 where a node asks for more than was promised."""
    _check(analysis.workflow, analysis.workflow.config.permissions, sink)
    return analysis.workflow


def _check(workflow: Workflow, permissions: Permissions, sink: Sink) -> None:
    """Hold a workflow, and those it calls, to the promise."""
    for child in workflow.children:
        _check(child.workflow, permissions, sink)
    tools = {tool.name: tool for tool in workflow.tools}
    for node in workflow.nodes:
        if isinstance(node.body, CodeBody):
            _check_code(node, node.body, permissions, sink)
        for use in tool_uses(node):
            if not _is_permitted(use.tool, permissions):
                _report_tool(use, workflow, permissions, sink)
                continue
            call = _Call(node, use, _tool_of(use, tools))
            _check_network(call, permissions, sink)
            _check_files(call, permissions, sink)


@dataclass(frozen=True, slots=True)
class _Call:
    """A tool that a node may call; `tool` is None for one that is not declared (a built-in one)."""

    node: Node
    use: ToolUse
    tool: Tool | None

    def arguments(self) -> Iterator[Input]:
        """The arguments that are known already: those of a tool node."""
        if isinstance(self.node.body, ToolBody):
            yield from self.node.body.args

    def settings(self, name: str) -> Iterator[tuple[str, Span]]:
        """The texts of a setting of the tool, one or a list of them, each with its place."""
        config = self.use.config
        data = config.data if config is not None else None
        found = data.get(name) if isinstance(data, dict) else None
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, str) and config is not None:
                yield each, _place_in(config.span, each)


def _place_in(span: Span, text: str) -> Span:
    """Where a text stands inside of a section; the section if that cannot be told."""
    alone = rf"(?<![\w/.*-]){re.escape(text)}(?![\w/.*-])"
    found = re.search(alone, span.source.text[span.start : span.end])
    return span if found is None else span.part(*found.span())


def _tool_of(use: ToolUse, tools: dict[ToolName, Tool]) -> Tool | None:
    return tools.get(use.tool) or tools.get(ToolName(use.tool.partition(".")[0]))


def _is_permitted(name: ToolName, permissions: Permissions) -> bool:
    """An MCP server's name permits all its tools; `shell` and its like must be named."""
    builtin = find_builtin(name)
    if permissions.tools is None:
        return builtin is None or builtin.category != "system"
    permitted = {*permissions.tools}
    permitted |= {ToolName(b.name) for each in permitted if (b := find_builtin(each)) is not None}
    return name in permitted or name.partition(".")[0] in permitted


def _report_tool(use: ToolUse, workflow: Workflow, permissions: Permissions, sink: Sink) -> None:
    listed = permissions.tools
    used = dict.fromkeys(name for node in workflow.nodes for name in tools_used(node))
    wanted = [*used] if listed is None else [*listed, use.tool]
    sink.report(
        "AC604",
        use.span,
        f"the tool `{use.tool}` is not permitted"
        + (": it reaches the system, so it must be permitted by name" if listed is None else ""),
        label="not permitted",
        notes=(
            (f"`config.permissions.tools` has {join_names(listed) or 'no tools'}",)
            if listed is not None
            else ()
        ),
        help=f"permit it: `config: {{permissions: {{tools: [{', '.join(wanted)}]}}}}`",
    )


def _check_code(node: Node, body: CodeBody, permissions: Permissions, sink: Sink) -> None:
    sandbox, promised = body.sandbox, permissions.sandbox
    if not sandbox.enabled:
        promises = [f"`{name}`" for name in _promises_about_code(permissions)]
        if promises:
            sink.report(
                "AC605",
                body.span,
                f"`{node.id}` turns the sandbox off, which alone can keep what"
                f" {' and '.join(promises)} of `config.permissions` promise",
                help="delete `enabled: false`",
            )
        return
    if promised == "docker" and sandbox.mode != "docker":
        sink.report(
            "AC605",
            body.span,
            f"`{node.id}` runs in the `{sandbox.mode}` sandbox, but `config.permissions.sandbox`"
            " promises `docker`",
            help="add `sandbox: {mode: docker}` to the node",
        )
    if permissions.network not in (None, True) and sandbox.network:
        sink.report(
            "AC608",
            body.span,
            f"the code of `{node.id}` may use the whole network, which `config.permissions` forbids",
            help="delete `network: true` from its `sandbox`, and call a tool instead",
        )


def _promises_about_code(permissions: Permissions) -> Iterator[str]:
    """The permissions that say what code may not do."""
    if permissions.sandbox is not None:
        yield "sandbox"
    if permissions.network not in (None, True):
        yield "network"
    if permissions.files is not None:
        yield "files"


def _check_network(call: _Call, permissions: Permissions, sink: Sink) -> None:
    network = permissions.network
    if network is None or network is True:
        return
    if network is False:
        if _uses_network(call):
            sink.report(
                "AC608",
                call.use.span,
                f"the tool `{call.use.tool}` uses the network, which `config.permissions` forbids",
                label="uses the network",
                help="permit the hosts it talks to: `network: [api.example.com]`",
            )
        return
    # Settings may narrow what is permitted, never widen it.
    for pattern, span in call.settings("allow_hosts"):
        if not any(_is_host_in(pattern.lower(), each) for each in network):
            _report_host(call, pattern, span, network, sink)
    for host, span in _known_hosts(call):
        if not any(_is_host_in(host, each) for each in network):
            _report_host(call, host, span, network, sink)


def _report_host(call: _Call, host: str, span: Span, network: tuple[str, ...], sink: Sink) -> None:
    sink.report(
        "AC608",
        span,
        f"`{call.node.id}` talks to `{host}`, which is not among the permitted hosts",
        notes=(f"permitted: {join_names(network) or 'none'}",),
        help=f"add `{host}` to `config.permissions.network`",
    )


def _uses_network(call: _Call) -> bool:
    match call.tool:
        case HttpTool():
            return True
        case McpTool(url=url):
            return url is not None
        case _:
            builtin = find_builtin(call.use.tool)
            if builtin is not None and builtin.category == "network":
                return True
            return any(_host_of(url) is not None for url, _ in call.settings("url"))


def _known_hosts(call: _Call) -> Iterator[tuple[str, Span]]:
    """The hosts that are known to be talked to, each with what says so."""
    urls: list[tuple[str, Span]] = []
    match call.tool:
        case HttpTool(url=str() as url) | McpTool(url=str() as url):
            urls.append((url, call.use.span))
        case _:
            urls += call.settings("url")
            for argument in call.arguments():
                text = _known_text(argument.value)
                if argument.name == "url" and text is not None:
                    urls.append((text, argument.value.span))
    for url, span in urls:
        host = _host_of(url)
        if host is not None:
            yield host, span
    builtin = find_builtin(call.use.tool)
    if builtin is not None and builtin.name == "web_search" and not any(call.settings("url")):
        # The alias `serper_search` has the backend in its name.
        usual = "serper" if call.use.tool == "serper_search" else "duckduckgo"
        backend, span = next(call.settings("backend"), (usual, call.use.span))
        yield SEARCH_HOSTS.get(backend, backend), span


def _host_of(url: str) -> str | None:
    """The host of a URL; None when part of it is only known at run time."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return None if host is None or any(each in host for each in "{}$") else host


def _is_host_in(host: str, permitted: str) -> bool:
    """`*.example.com` permits all hosts below; a port in the list is no matter here."""
    name = permitted.lower().partition(":")[0]
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))


def _check_files(call: _Call, permissions: Permissions, sink: Sink) -> None:
    roots = permissions.files
    builtin = find_builtin(call.use.tool)
    if roots is None or builtin is None or builtin.category != "files":
        return
    if not roots:
        sink.report(
            "AC609",
            call.use.span,
            f"the tool `{call.use.tool}` uses files, which `config.permissions` forbids",
            label="uses files",
            help="permit a folder: `config: {permissions: {files: [./data]}}`",
        )
        return
    used = [*call.settings("roots")]
    for argument in call.arguments():
        path = _known_text(argument.value)
        if argument.name in _PATH_ARGUMENTS and path is not None:
            used.append((path, argument.value.span))
    for path, span in used:
        if not any(_is_inside(path, root) for root in roots):
            sink.report(
                "AC609",
                span,
                f"`{path}` is outside of the permitted folders",
                notes=(f"permitted: {join_names(roots)}",),
                help="add its folder to `config.permissions.files`",
            )


def _is_inside(path: str, root: str) -> bool:
    path, root = normpath(path), normpath(root)
    if root == ".":
        return not path.startswith(("/", "../")) and path != ".."
    return path == root or path.startswith(root.rstrip("/") + "/")


def _known_text(value: Value) -> str | None:
    """The text of a value when it is the same in every run."""
    found: object = None
    match value:
        case Constant():
            found = value.data
        case Expression():
            found = constant_value(value.ast)
        case Text(template):
            found = None if template.references else plain_text(template)
    return found if isinstance(found, str) else None
