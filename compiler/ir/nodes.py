"""Nodes: what all kinds share, and one body per kind."""

from __future__ import annotations

from typing import Literal

from compiler.diagnostics.span import Span
from compiler.expr import Type
from compiler.ir.exits import Exit
from compiler.ir.names import FieldName, ModelName, NodeId, ToolName
from compiler.ir.values import Constant, Expression, Text, Value
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """A local name of the node and where its value comes from."""

    name: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Output:
    """A state field the node writes, or in a map one part of the element it yields."""

    name: str
    type: Type
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failed attempt is made again; `backoff` is the first pause in seconds, doubled each time."""

    max_attempts: int
    backoff: float
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """`field = value`, in `set` nodes and `on_error: {set: …}`."""

    field: FieldName
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Handler:
    """What happens when a node has failed for good: `match` is an error kind, None matches all."""

    match: str | None
    action: Literal["fail", "continue", "goto", "set"]
    span: Span
    target: NodeId | None = None
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ForEach:
    """A map: the node runs once per item of `source`; results go to `collect` in item order."""

    source: Expression
    var: str
    item_type: Type
    collect: FieldName | None
    max_concurrency: int | None
    on_error: Literal["fail", "skip"]
    errors: FieldName | None
    span: Span


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """The memory settings of one node, the workflow's defaults filled in."""

    scope: Literal["agent", "workflow", "node"]
    history: int
    read: tuple[Input, ...]
    write: tuple[Input, ...]
    search: MemorySearch | None
    span: Span


@dataclass(frozen=True, slots=True)
class MemorySearch:
    """Look entries up by `query`, at most `top_k`, into the local name `into`."""

    query: Value
    top_k: int
    into: str


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where code runs and what it may use; sizes in MiB, times in seconds, cpu in cores."""

    mode: Literal["python", "docker"]
    enabled: bool
    network: bool
    preset: Literal["low", "medium", "high", "max"]
    cpu: float | None
    memory: int | None
    timeout: float | None


@dataclass(frozen=True, slots=True)
class Example:
    """A few-shot pair."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What a model is asked and the answer it must give (the node's outputs).

    `is_text`: the answer is the one output's plain text, not a structure.
    """

    prompt: Text
    prompt_file: str | None
    system: Text | None
    examples: tuple[Example, ...]
    model: ModelName
    is_text: bool


@dataclass(frozen=True, slots=True)
class LlmBody:
    """One model call with a structured answer."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool offered to an agent; `config` is plain data handed to the tool's maker."""

    tool: ToolName
    on_error: Literal["fail", "continue"]
    config: Constant | None
    span: Span


@dataclass(frozen=True, slots=True)
class Spawn:
    """Bounds on sub-agents made at run time."""

    max_agents: int
    max_depth: int
    tools: tuple[ToolUse, ...]


@dataclass(frozen=True, slots=True)
class AgentBody:
    """A loop of model turns and tool calls, at most `max_turns` model calls."""

    ask: Ask
    tools: tuple[ToolUse, ...]
    agents: tuple[NodeId, ...]
    handoff: tuple[NodeId, ...]
    max_turns: int
    spawn: Spawn | None


@dataclass(frozen=True, slots=True)
class CodeBody:
    """Python in a sandbox; inputs are names in it, `result` is what it gives."""

    code: str
    sandbox: Sandbox
    span: Span


@dataclass(frozen=True, slots=True)
class ToolBody:
    """One tool call with computed arguments."""

    use: ToolUse
    args: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class FunctionBody:
    """The user's own function `name` in the file `path` (relative to the workflow, posix)."""

    path: str
    name: str
    is_async: bool
    args: tuple[Input, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class HumanBody:
    """A durable pause until a person answers; `default` is the answer when `wait` seconds have passed."""

    ask: Text
    choices: tuple[str, ...]
    wait: float | None
    default: Constant | None


@dataclass(frozen=True, slots=True)
class WorkflowBody:
    """A call of another workflow: `child` indexes `Workflow.children`; pairs are (child field, value)."""

    child: str
    args: tuple[Input, ...]
    results: tuple[tuple[FieldName, FieldName], ...]
    """(field of the parent, field of the child)"""
    span: Span


@dataclass(frozen=True, slots=True)
class SetBody:
    """Computed writes without any call."""

    assignments: tuple[Assignment, ...]


Body = LlmBody | AgentBody | CodeBody | ToolBody | FunctionBody | HumanBody | WorkflowBody | SetBody


@dataclass(frozen=True, slots=True)
class RunLabel:
    """Where MLflow files the executions of a node, each as a run of its own."""

    experiment: str | None
    run_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step of the workflow; `span` is its id in the file."""

    id: NodeId
    name: str
    description: str
    span: Span
    body: Body
    exit: Exit
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    when: Expression | None = None
    foreach: ForEach | None = None
    retry: Retry | None = None
    timeout: float | None = None
    on_error: tuple[Handler, ...] = ()
    cache_ttl: float | None = None
    memory: MemoryUse | None = None
    log_prompts: bool | None = None
    log_artifacts: bool | None = None
    run_label: RunLabel | None = None
    is_strict: bool = False
    """`order: strict`: the optimizer may not move it."""
    settled_in: tuple[NodeId, ...] = ()
    """Headers of loops around it in whose first round only it does its work, set by the optimizer."""
