"""`llm` and `agent` nodes: what a model is asked, and the tools it may call."""

from __future__ import annotations

import json
from typing import Final, Literal

from compiler.diagnostics.span import Span
from compiler.expr import STR
from compiler.ir.names import NodeId
from compiler.ir.nodes import AgentBody, Ask, Example, LlmBody, Output, Spawn
from compiler.lower.context import Context
from compiler.lower.frame import Frame, written_text
from compiler.lower.outputs import lower_outputs
from compiler.lower.values import lower_text
from compiler.spec import AgentNodeSpec, LlmNodeSpec

DEFAULT_TURNS: Final = 8
DEFAULT_SUB_AGENTS: Final = 4
DEFAULT_DEPTH: Final = 1


def lower_llm(frame: Frame, spec: LlmNodeSpec) -> tuple[LlmBody, tuple[Output, ...]]:
    """Return the body and the outputs of an `llm` node."""
    outputs = _answer(frame, spec)
    return LlmBody(_ask(frame, spec, outputs)), outputs


def lower_agent(frame: Frame, spec: AgentNodeSpec) -> tuple[AgentBody, tuple[Output, ...]]:
    """Return the body and the outputs of an `agent` node. Codes: AC301, AC304, AC318."""
    outputs = _answer(frame, spec)
    tools = frame.tables.tools.use_all(spec.tools, (*spec.at, "tools"))
    spawn = None
    if spec.spawn is not None:
        given = spec.spawn.tools
        own = frame.tables.tools.use_all(given, (*spec.spawn.at, "tools"))
        spawn = Spawn(
            max_agents=spec.spawn.max_agents or DEFAULT_SUB_AGENTS,
            max_depth=spec.spawn.max_depth or DEFAULT_DEPTH,
            tools=tools if given is None else own,
        )
    body = AgentBody(
        ask=_ask(frame, spec, outputs),
        tools=tools,
        agents=_agents(frame, spec, "agents"),
        handoff=_agents(frame, spec, "handoff"),
        max_turns=spec.max_turns or DEFAULT_TURNS,
        spawn=spawn,
    )
    return body, outputs


def _answer(frame: Frame, spec: LlmNodeSpec | AgentNodeSpec) -> tuple[Output, ...]:
    outputs = lower_outputs(frame.ctx, spec, spec.outputs, frame.element)
    if outputs:
        return outputs
    if _is_only_called(frame.ctx, spec):
        return ()
    if not spec.outputs and "outputs" not in spec.pruned and "output_schema" not in spec.pruned:
        frame.ctx.report(
            "AC202",
            frame.span,
            f"the node `{spec.id}` asks a model but has no `outputs`",
            help="add `outputs: [field]`, the state fields that hold the answer",
        )
    # The answer of a node whose outputs were all reported: it writes nothing.
    return ()


def _is_only_called(ctx: Context, spec: LlmNodeSpec | AgentNodeSpec) -> bool:
    """Whether the answer goes to another agent, which calls this one like a tool."""
    return any(
        spec.id in (other.agents or ())
        for other in ctx.nodes.values()
        if isinstance(other, AgentNodeSpec)
    )


def _ask(frame: Frame, spec: LlmNodeSpec | AgentNodeSpec, outputs: tuple[Output, ...]) -> Ask:
    ctx = frame.ctx
    prompt, file = written_text(ctx, spec.prompt, (*spec.at, "prompt"))
    system = None
    if spec.system is not None:
        written, _ = written_text(ctx, spec.system, (*spec.at, "system"))
        system = lower_text(ctx, written, frame.scope)
    return Ask(
        prompt=lower_text(ctx, prompt, frame.scope),
        prompt_file=file,
        system=system,
        examples=tuple(
            Example(_plain_text(each.input), _plain_text(each.output))
            for each in spec.examples or ()
        ),
        model=frame.tables.models.used_by(spec.llm, (*spec.at, "llm"), frame.span),
        is_text=_is_text(spec, outputs),
    )


def _is_text(spec: LlmNodeSpec | AgentNodeSpec, outputs: tuple[Output, ...]) -> bool:
    if spec.output_schema is not None or len(outputs) != 1:
        return False
    return outputs[0].type == STR


def _plain_text(data: object) -> str:
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


def _agents(
    frame: Frame, spec: AgentNodeSpec, key: Literal["agents", "handoff"]
) -> tuple[NodeId, ...]:
    found: dict[str, None] = {}
    for index, name in enumerate(getattr(spec, key) or ()):
        span = frame.ctx.at((*spec.at, key, index))
        known = _known_node(frame.ctx, name, span)
        if known is not None and _is_agent(frame, spec, key, known, span):
            found[known] = None
    return tuple(NodeId(name) for name in found)


def _known_node(ctx: Context, name: str, span: Span) -> str | None:
    if name in ctx.nodes:
        return name
    agents = [id for id, node in ctx.nodes.items() if isinstance(node, AgentNodeSpec)]
    return ctx.report_unknown("AC301", span, name, agents, what="node")


def _is_agent(frame: Frame, spec: AgentNodeSpec, key: str, name: str, span: Span) -> bool:
    ctx = frame.ctx
    other = ctx.nodes[name]
    if name == spec.id:
        ctx.report("AC318", span, f"the agent `{name}` names itself in `{key}`")
        return False
    if not isinstance(other, AgentNodeSpec):
        ctx.report(
            "AC318",
            span,
            f"`{name}` is a node of kind `{other.kind}`, `{key}` takes agents",
            help="a node is an agent when it has a `prompt` and `tools` or `agents`, or `kind: agent`",
        )
        return False
    return True
