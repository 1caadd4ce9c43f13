"""Nodes of the printed IR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from compiler.expr import show
from compiler.ir.nodes import (
    AgentBody,
    Ask,
    Assignment,
    Body,
    CodeBody,
    ForEach,
    FunctionBody,
    Handler,
    HumanBody,
    Input,
    LlmBody,
    MemoryUse,
    Node,
    Retry,
    SetBody,
    ToolBody,
    ToolUse,
    WorkflowBody,
)
from compiler.ir.show import show_template, show_text, show_typed, show_value


def node_lines(node: Node, usual: Retry) -> Iterator[str]:
    """Yield the lines of a node without its exit; what has its default value is left out.

    `usual` is how calls of models are repeated in this workflow.
    """
    yield f"node {node.id}: {_title(node.body)}{' strict' if node.is_strict else ''}"
    yield from (f"  {line}" for line in _common(node, usual))
    yield from (f"  {line}" for line in _body(node.body))
    yield from (f"  out {output.name}: {show(output.type)}" for output in node.outputs)
    for handler in node.on_error:
        yield f"  {_handler(handler)}"


def _common(node: Node, usual: Retry) -> Iterator[str]:
    if node.when is not None:
        yield f"when {show_value(node.when)}"
    if node.settled_in:
        yield f"once per loop of {', '.join(node.settled_in)}"
    if node.foreach is not None:
        yield _foreach(node.foreach)
    yield from _inputs("in", node.inputs)
    if node.retry is not None and node.retry != usual:
        kinds = f" on {','.join(node.retry.on)}" if node.retry.on else ""
        yield f"retry {node.retry.max_attempts} backoff {node.retry.backoff:g}{kinds}"
    if node.timeout is not None:
        yield f"timeout {node.timeout:g}"
    if node.cache_ttl is not None:
        yield f"cache {node.cache_ttl:g}"
    if node.memory is not None:
        yield from _memory(node.memory)
    if node.log_prompts is not None:
        yield f"log_prompts {str(node.log_prompts).lower()}"
    if node.log_artifacts is not None:
        yield f"log_artifacts {str(node.log_artifacts).lower()}"
    if node.run_label is not None:
        parts = (node.run_label.experiment or "", node.run_label.run_name or "")
        yield f"run {'/'.join(parts)}"


def _title(body: Body) -> str:
    match body:
        case LlmBody(ask):
            return f"llm {ask.model}"
        case AgentBody(ask=ask):
            return f"agent {ask.model}"
        case CodeBody(sandbox=sandbox):
            network = " network" if sandbox.network else ""
            bare = "" if sandbox.enabled else " disabled"
            return f"code {sandbox.mode} {sandbox.preset}{network}{bare}"
        case ToolBody(use):
            return f"tool {_tool_use(use)}"
        case FunctionBody():
            return f"{'async ' if body.is_async else ''}function {body.path}:{body.name}"
        case HumanBody():
            return "human"
        case WorkflowBody():
            return f"workflow {body.child}"
        case SetBody():
            return "set"
        case _:
            assert_never(body)


def _body(body: Body) -> Iterator[str]:
    match body:
        case LlmBody(ask):
            yield from _ask(ask)
        case AgentBody():
            yield from _agent(body)
        case CodeBody():
            yield f"code {show_text(body.code)}"
        case ToolBody(args=args) | FunctionBody(args=args):
            yield from _inputs("arg", args)
        case WorkflowBody():
            yield from _inputs("arg", body.args)
            yield from (f"result {parent} = {child}" for parent, child in body.results)
        case SetBody(assignments):
            yield from (f"set {_assignment(each)}" for each in assignments)
        case HumanBody():
            yield f"ask {show_text(show_template(body.ask.template))}"
            if body.choices:
                yield f"choices {', '.join(map(show_text, body.choices))}"
            if body.wait is not None:
                yield f"wait {body.wait:g}"
            if body.default is not None:
                yield f"default {body.default.json_text}"


def _ask(ask: Ask) -> Iterator[str]:
    if ask.system is not None:
        yield f"system {show_text(show_template(ask.system.template))}"
    file = f" from {ask.prompt_file}" if ask.prompt_file else ""
    yield f"prompt {show_text(show_template(ask.prompt.template))}{file}"
    for example in ask.examples:
        yield f"example {show_text(example.input)} -> {show_text(example.output)}"
    if ask.is_text:
        yield "answers in plain text"


def _agent(body: AgentBody) -> Iterator[str]:
    yield from _ask(body.ask)
    yield f"max_turns {body.max_turns}"
    if body.tools:
        yield f"tools {', '.join(map(_tool_use, body.tools))}"
    if body.agents:
        yield f"agents {', '.join(body.agents)}"
    if body.handoff:
        yield f"handoff {', '.join(body.handoff)}"
    if body.spawn is not None:
        tools = f" tools {', '.join(map(_tool_use, body.spawn.tools))}" if body.spawn.tools else ""
        yield f"spawn {body.spawn.max_agents} depth {body.spawn.max_depth}{tools}"


def _tool_use(use: ToolUse) -> str:
    config = f" {use.config.json_text}" if use.config is not None else ""
    return f"{use.tool}{' or continue' if use.on_error == 'continue' else ''}{config}"


def _inputs(word: str, inputs: tuple[Input, ...]) -> Iterator[str]:
    for each in inputs:
        yield f"{word} {each.name} = {show_typed(each.value)}"


def _foreach(each: ForEach) -> str:
    parts = [f"foreach {each.var}: {show(each.item_type)} in {show_value(each.source)}"]
    if each.collect is not None:
        parts.append(f"collect {each.collect}")
    if each.max_concurrency is not None:
        parts.append(f"at most {each.max_concurrency}")
    if each.on_error == "skip":
        parts.append("skip errors")
    if each.errors is not None:
        parts.append(f"into {each.errors}")
    return " ".join(parts)


def _handler(handler: Handler) -> str:
    which = f" {handler.match}" if handler.match is not None else ""
    sets = "; ".join(map(_assignment, handler.assignments))
    what = f" {handler.target}" if handler.target is not None else f" {sets}" if sets else ""
    return f"on_error{which}: {handler.action}{what}"


def _assignment(each: Assignment) -> str:
    return f"{each.field} = {show_value(each.value)}"


def _memory(memory: MemoryUse) -> Iterator[str]:
    yield f"memory {memory.scope} history {memory.history}"
    yield from _inputs("memory read", memory.read)
    if memory.search is not None:
        search = memory.search
        yield f"memory search {search.into} = {show_value(search.query)} top {search.top_k}"
    yield from _inputs("memory write", memory.write)
