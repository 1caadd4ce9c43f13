"""One node: what all kinds share, then the body of its kind."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr import Scope, Type, narrowings
from compiler.ir.exits import Goto
from compiler.ir.names import FieldName, NodeId
from compiler.ir.nodes import Assignment, Body, Input, Node, Output, RunLabel, SetBody
from compiler.lower.assignments import lower_assignments, lower_parts
from compiler.lower.data import stand_in
from compiler.lower.fields import written_type
from compiler.lower.flow import Flow
from compiler.lower.foreach import lower_foreach, map_locals
from compiler.lower.frame import Frame, Tables, input_types, lower_inputs
from compiler.lower.handlers import lower_handlers
from compiler.lower.memory import MemoryDefaults, lower_memory, memory_locals
from compiler.lower.node_code import lower_code
from compiler.lower.node_function import lower_function
from compiler.lower.node_human import lower_human
from compiler.lower.node_model import lower_agent, lower_llm
from compiler.lower.node_names import node_span
from compiler.lower.node_tool import lower_tool
from compiler.lower.node_workflow import lower_workflow_call
from compiler.lower.retries import lower_retry
from compiler.lower.values import lower_condition
from compiler.spec import (
    AgentNodeSpec,
    CodeNodeSpec,
    FunctionNodeSpec,
    HumanNodeSpec,
    LlmNodeSpec,
    NodeSpec,
    SetNodeSpec,
    ToolNodeSpec,
    WorkflowNodeSpec,
)

_MAKERS_OF_INPUTS = (FunctionNodeSpec, WorkflowNodeSpec)
"""Nodes whose inputs are arguments of what they call, not names of their own."""

_Lowered = tuple[Body, tuple[Output, ...], tuple[Input, ...]]


def lower_node(tables: Tables, flow: Flow, spec: NodeSpec, memory: MemoryDefaults) -> Node:
    """Return a node with its exit. What was reported is left out, or stands as `null` of type `any`."""
    ctx = tables.ctx
    id = NodeId(spec.id)
    span = node_span(ctx, spec)
    outer = Scope(ctx.state, flow.locals_at(id), flow.facts_before(id))
    when = None
    if spec.when is not None:
        when = lower_condition(ctx, ctx.written((*spec.at, "when"), spec.when), outer)
    if when is not None:
        outer = outer.narrowed_by(narrowings(when.ast, True, outer))
    frame = Frame(tables, span, outer)
    before = _enter_map(frame, flow, spec)
    remembered = memory_locals(ctx, spec)
    keeps_inputs = not isinstance(spec, _MAKERS_OF_INPUTS)
    # A bare name means the local, also where a memory entry or an input is called like a field.
    reading = _with_locals(before, remembered if keeps_inputs else {})
    inputs = lower_inputs(ctx, spec.inputs, (*spec.at, "inputs"), reading, what="input")
    frame.scope = _with_locals(reading, input_types(inputs)) if keeps_inputs else before
    body, outputs, inputs = _lower_body(frame, spec, inputs)
    inside = _with_locals(before, remembered | input_types(inputs))
    return Node(
        id=id,
        name=spec.name or spec.id,
        description=spec.description or "",
        span=span,
        body=body,
        exit=Goto(()) if flow.is_inferred else flow.exit_of(id),
        inputs=inputs,
        outputs=outputs,
        when=when,
        foreach=frame.foreach,
        retry=None if spec.retry is None else lower_retry(spec.retry),
        timeout=None if isinstance(spec, HumanNodeSpec) else spec.timeout,
        on_error=lower_handlers(ctx, spec, before),
        cache_ttl=None if spec.cache is None else spec.cache.ttl,
        memory=lower_memory(ctx, spec, memory, before, inside),
        log_prompts=spec.log_prompts,
        log_artifacts=spec.log_artifacts,
        run_label=_run_label(spec),
        is_strict=spec.order == "strict",
    )


def _run_label(spec: NodeSpec) -> RunLabel | None:
    given = spec.mlflow
    return None if given is None else RunLabel(given.experiment, given.run_name)


def _enter_map(frame: Frame, flow: Flow, spec: NodeSpec) -> Scope:
    """Note in the frame that the node is a map, if it is; return the scope of one run."""
    given = spec.foreach or flow.edges.maps.get(NodeId(spec.id))
    if given is None:
        return frame.scope
    frame.foreach, frame.element = lower_foreach(frame.ctx, given, frame.scope)
    return _with_locals(frame.scope, map_locals(given, frame.foreach))


def _with_locals(scope: Scope, local: Mapping[str, Type]) -> Scope:
    return Scope(scope.state, {**scope.locals, **local}, scope.narrowed) if local else scope


def _lower_body(frame: Frame, spec: NodeSpec, inputs: tuple[Input, ...]) -> _Lowered:
    match spec:
        case LlmNodeSpec():
            return *lower_llm(frame, spec), inputs
        case AgentNodeSpec():
            return *lower_agent(frame, spec), inputs
        case CodeNodeSpec():
            return lower_code(frame, spec, inputs)
        case FunctionNodeSpec():
            return *lower_function(frame, spec, inputs), ()
        case ToolNodeSpec():
            tool, outputs = lower_tool(frame, spec)
            return tool or _nothing(outputs), outputs, inputs
        case HumanNodeSpec():
            return *lower_human(frame, spec), inputs
        case WorkflowNodeSpec():
            call, outputs = lower_workflow_call(frame, spec, inputs)
            return call or _nothing(outputs), outputs, ()
        case SetNodeSpec():
            return *_lower_set(frame, spec), inputs


def _lower_set(frame: Frame, spec: SetNodeSpec) -> tuple[SetBody, tuple[Output, ...]]:
    at = (*spec.at, "set")
    fields = frame.ctx.fields
    if frame.element is not None:
        pairs = list(lower_parts(frame, spec.set, at))
    else:
        assignments = lower_assignments(frame.ctx, spec.set, at, frame.scope)
        pairs = [(each, written_type(fields[each.field])) for each in assignments]
    outputs = tuple(Output(each.field, type, each.span) for each, type in pairs)
    return SetBody(tuple(each for each, _ in pairs)), outputs


def _nothing(outputs: tuple[Output, ...]) -> SetBody:
    """Return a body that writes the outputs, in place of a call that cannot be made."""
    return SetBody(tuple(Assignment(FieldName(o.name), stand_in(o.span), o.span) for o in outputs))
