"""A workflow as compact, stable, line-oriented text, for goldens and `agentc inspect --stage ir`.

workflow review (package review)
  field draft: str
  model default = ollama/llama3.2
  START -> write
  node write: llm default
    prompt "Write about {state.topic}"
    out draft: str
    -> END
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.expr import RecordType, Type, show
from compiler.ir.exits import Choice, Exit
from compiler.ir.nodes import Retry
from compiler.ir.print_nodes import node_lines
from compiler.ir.show import show_expression
from compiler.ir.workflow import (
    BuiltinTool,
    Config,
    EnvRef,
    EnvText,
    Field,
    FunctionTool,
    HttpTool,
    McpTool,
    Model,
    Setting,
    Tool,
    Tracing,
    Workflow,
)


def pprint(workflow: Workflow) -> str:
    """Return the workflow as text, sub-workflows after it; what has its default value is left out."""
    lines = [*_head(workflow)]
    for child in workflow.children:
        lines.append(f"child {child.key}")
        lines += (f"  {line}" for line in pprint(child.workflow).splitlines())
    return "\n".join(lines) + "\n"


def exit_lines(exit: Exit) -> tuple[str, ...]:
    """Return an exit as lines: `-> a, b`, or one line per case."""
    if not isinstance(exit, Choice):
        return (f"-> {', '.join(arrow.target for arrow in exit.arrows) or 'nothing'}",)
    return ("loop" if exit.is_loop else "choice", *(f"  {line}" for line in _case_lines(exit)))


def _case_lines(choice: Choice) -> Iterator[str]:
    for case in choice.cases:
        test = f"if {show_expression(case.condition.ast)}" if case.condition else "else"
        bound = f" max {case.bound}" if case.bound is not None else ""
        exhausted = f" then {case.on_exhausted.target}" if case.on_exhausted else ""
        yield f"{test} -> {case.target}{bound}{exhausted}"


def _head(workflow: Workflow) -> Iterator[str]:
    strict = " strict" if workflow.is_strict else ""
    yield f"workflow {workflow.name} (package {workflow.package}){strict}"
    for named in workflow.types:
        yield f"  type {named.name} = {show(RecordType(None, named.type.fields))}"
    for field in workflow.fields:
        yield f"  {_field(field)}"
    for model in workflow.models:
        yield f"  {_model(model)}"
    for tool in workflow.tools:
        yield f"  {_tool(tool)}"
    for line in _config(workflow):
        yield f"  {line}"
    for trigger in workflow.triggers:
        reply = f" reply {trigger.reply}" if trigger.reply else ""
        yield f"  trigger {trigger.kind} {trigger.settings.json_text}{reply}"
    for file in workflow.files:
        yield f"  file {file.path}"
    first, *rest = exit_lines(workflow.entry)
    yield f"  START {first}"
    retry = Retry(workflow.config.execution.max_retries + 1, 1.0)
    yield from (f"  {line}" for line in rest)
    for node in workflow.nodes:
        yield from (f"  {line}" for line in node_lines(node, retry))
        yield from (f"    {line}" for line in exit_lines(node.exit))


def _field(field: Field) -> str:
    required = " required" if field.required else ""
    merge = f" merge {field.merge}" if field.merge != "replace" else ""
    default = f" = {field.default.json_text}" if field.default is not None else ""
    return f"field {field.name}: {show(field.type)}{required}{merge}{default}"


def _model(model: Model) -> str:
    settings: tuple[tuple[str, object], ...] = (
        ("temperature", model.temperature),
        ("max_tokens", model.max_tokens),
        ("api_base", None if model.api_base is None else _setting(model.api_base)),
        ("api_key_env", model.api_key_env),
        ("timeout", model.timeout),
        ("fallbacks", ",".join(model.fallbacks) or None),
        ("retry", model.retry.max_attempts if model.retry is not None else None),
        ("cache", model.cache_ttl),
        ("input_cost", model.input_cost_per_token),
        ("output_cost", model.output_cost_per_token),
    )
    shown = "".join(f" {name} {value}" for name, value in settings if value is not None)
    return f"model {model.name} = {model.model}{shown}"


def _tool(tool: Tool) -> str:
    read_only = " read_only" if tool.read_only else ""
    match tool:
        case BuiltinTool():
            config = f" {tool.config.json_text}" if tool.config is not None else ""
            return f"tool {tool.name} = builtin{config}{read_only}"
        case FunctionTool():
            place = f"{tool.path}:{tool.function}"
            kind = "async function" if tool.is_async else "function"
            return (
                f"tool {tool.name} = {kind} {place}{_params(tool.params)}"
                f" -> {show(tool.returns)}{read_only}"
            )
        case McpTool():
            where = (
                " ".join(map(_setting, tool.command)) if tool.url is None else _setting(tool.url)
            )
            env = "".join(f" {name}={_setting(value)}" for name, value in tool.env)
            return f"tool {tool.name} = mcp {where}{env}{read_only}"
        case HttpTool():
            headers = "".join(f" {name}={_setting(value)}" for name, value in tool.headers)
            url = _setting(tool.url)
            return (
                f"tool {tool.name} = {tool.method} {url}{_params(tool.params)}{headers}{read_only}"
            )


def _params(params: tuple[tuple[str, Type, bool], ...]) -> str:
    shown = (f"{name}{'' if needed else '?'}: {show(type)}" for name, type, needed in params)
    return f"({', '.join(shown)})"


def _config(workflow: Workflow) -> Iterator[str]:
    config = workflow.config
    default = Config(tracing=Tracing(experiment=workflow.name))
    sections: tuple[tuple[str, object, object], ...] = (
        ("execution", config.execution, default.execution),
        ("tracing", config.tracing, default.tracing),
        ("storage", config.storage, default.storage),
        ("permissions", config.permissions, default.permissions),
    )
    for name, section, usual in sections:
        if section != usual:
            yield f"{name} {_differences(section, usual)}"
    if config.embedding_model is not None:
        yield f"embedding_model {config.embedding_model}"


def _differences(section: object, usual: object) -> str:
    names = getattr(section, "__slots__", ())
    return " ".join(
        f"{name}={_plain(getattr(section, name))}"
        for name in names
        if getattr(section, name) != getattr(usual, name)
    )


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, EnvRef | EnvText):
        return _setting(value)
    return f"({_differences(value, type(value)())})" if hasattr(value, "__slots__") else str(value)


def _setting(setting: Setting) -> str:
    if isinstance(setting, EnvText):
        return "".join(map(_setting, setting.parts))
    return f"${{env:{setting.variable}}}" if isinstance(setting, EnvRef) else setting
