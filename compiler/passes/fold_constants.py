"""Work out while building what is the same in every run.

    set_up: set {mode: "short"}                          the same
    write: prompt "A {state.mode} text"          becomes prompt "A short text"
    choice of write: if state.mode == "long" -> …        if False -> …     (dropped by `drop_dead_nodes`)

A field has a known value where its one writer, a `set` of a constant that surely runs, lies on all ways there.
A field that is nowhere written has none, default or not: a run may be given another value. All fields stay,
since all of them stand in the final state. A node whose `when` never holds keeps its place and does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.expr import BoolType, IntType, StrType, plain_text
from compiler.expr.ast import Literal
from compiler.ir.exits import Choice, Exit
from compiler.ir.names import START, FieldName, NodeId
from compiler.ir.nodes import (
    AgentBody,
    Ask,
    Body,
    FunctionBody,
    HumanBody,
    Input,
    LlmBody,
    Node,
    SetBody,
    ToolBody,
    WorkflowBody,
)
from compiler.ir.values import Constant, Expression, Text, Value
from compiler.ir.workflow import Child, Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.fold_values import Known, fold_condition, fold_text, fold_value, value_of
from compiler.passes.report import Report
from compiler.passes.words import join_names
from compiler.record import dataclass, replace


@dataclass(frozen=True, slots=True)
class _Source:
    """The one node that gives a field its value, and the value."""

    node: NodeId
    field: FieldName
    value: object


def fold_constants(analysis: Analysis) -> tuple[Workflow, tuple[Report, ...]]:
    """Return the workflow with constant values, prompts and conditions worked out."""
    workflow = analysis.workflow
    if not analysis.is_sound:
        return workflow, ()
    writers = _only_writers(analysis)
    written = {write.field for writes in analysis.writes.values() for write in writes}
    sources = {
        field: _Source(START, field, value)
        for field, value in analysis.given.items()
        if field not in written
    }
    folded: dict[NodeId, Node] = {}
    for id in analysis.order:
        node = analysis.nodes.get(id)
        if node is None:
            continue
        reads = {read.field for read in (*analysis.reads[id], *analysis.exit_reads[id])}
        found = (sources[field] for field in reads if field in sources)
        known: dict[str, object] = {
            each.field: each.value for each in found if analysis.graph.dominates(each.node, id)
        }
        node = _fold_node(node, known)
        own = {
            field: _Source(id, field, value)
            for field, value in _constants_of(node)
            if writers.get(field) == id
        }
        exit = _fold_exit(node.exit, {**known, **{each.field: each.value for each in own.values()}})
        folded[id] = node if exit is node.exit else replace(node, exit=exit)
        sources.update(own)
    start: dict[str, object] = {
        each.field: each.value for each in sources.values() if each.node == START
    }
    entry = _fold_exit(workflow.entry, start)
    changed = [node.id for node in workflow.nodes if folded.get(node.id, node) != node]
    if not changed and entry is workflow.entry:
        return workflow, ()
    nodes = tuple(folded.get(node.id, node) for node in workflow.nodes)
    return replace(workflow, entry=entry, nodes=nodes), tuple(_reports(analysis, folded, changed))


def given_values(caller: Workflow, child: Child) -> Mapping[FieldName, object]:
    """Return the fields of a sub-workflow that have the same value in each of its runs, if it does not write them.

    That is a value each of the nodes that call it gives, or a default that none of them replaces.
    """
    calls = [
        {each.name: each.value for each in node.body.args}
        for node in caller.nodes
        if isinstance(node.body, WorkflowBody) and node.body.child == child.key
    ]
    found: dict[FieldName, object] = {}
    for field in child.workflow.fields:
        values = [call.get(field.name, field.default) for call in calls]
        constants = [_constant(value) for value in values if value is not None]
        is_plain = isinstance(field.type, StrType | BoolType | IntType)
        if is_plain and constants and len(constants) == len(values):
            first = constants[0]
            if first and all(each == first for each in constants):
                found[field.name] = first[0]
    return found


def _constant(value: Value) -> tuple[object, ...]:
    """A constant in a tuple of its own, which is empty for what is none."""
    match value:
        case Constant():
            return (value.data,)
        case Expression(ast=Literal(data)):
            return (data,)
        case Text(template) if not template.references:
            return (plain_text(template),)
        case _:
            return ()


def _reports(
    analysis: Analysis, folded: Mapping[NodeId, Node], changed: list[NodeId]
) -> list[Report]:
    idle = [
        id for id in changed if analysis.nodes[id].body != folded[id].body and _is_idle(folded[id])
    ]
    known = [id for id in changed if id not in idle]
    found = []
    if known:
        text = f"values in {join_names(known)} are the same in every run: they are worked out once, here"
        found.append(Report(text, (*known,)))
    if idle:
        does = "does" if len(idle) == 1 else "do"
        found.append(Report(f"{join_names(idle)} {does} nothing: its `when` never holds", (*idle,)))
    return found


def _is_idle(node: Node) -> bool:
    return node.body == SetBody(())


def _only_writers(analysis: Analysis) -> dict[FieldName, NodeId]:
    """The fields that one node writes, surely and whole, with that node."""
    found: dict[FieldName, NodeId | None] = {}
    for node, writes in analysis.writes.items():
        for write in writes:
            is_plain = write.is_certain and analysis.fields[write.field].merge == "replace"
            is_only = write.field not in found
            found[write.field] = node if is_only and is_plain else None
    return {field: node for field, node in found.items() if node is not None}


def _constants_of(node: Node) -> list[tuple[FieldName, object]]:
    if not isinstance(node.body, SetBody) or node.foreach is not None:
        return []
    return [
        (each.field, constant[0])
        for each in node.body.assignments
        if (constant := _constant(each.value))
    ]


def _fold_node(node: Node, known: Known) -> Node:
    when = node.when
    if when is not None:
        value = value_of(when.ast, known)
        if value is False and _can_be_idle(node):
            return replace(
                node,
                when=None,
                body=SetBody(()),
                inputs=(),
                outputs=(),
                foreach=None,
                on_error=(),
                retry=None,
                timeout=None,
                cache_ttl=None,
            )
        when = None if value is True else when
    fields = _without(node, known)
    inputs = _each(node.inputs, lambda given: _fold_input(given, fields))
    body = _fold_body(node.body, fields)
    if when is node.when and inputs is node.inputs and body is node.body:
        return node
    return replace(node, when=when, inputs=inputs, body=body)


def _without(node: Node, known: Known) -> Known:
    """Locals hide no fields by now: lowering has told the two apart. Memory has texts of its own."""
    return {} if node.memory is not None else known


def _can_be_idle(node: Node) -> bool:
    """Whether nothing is lost with the body: no edge starts there, nothing is remembered."""
    if isinstance(node.body, AgentBody) and (node.body.handoff or node.body.agents):
        return False
    is_open = any(handler.target is not None for handler in node.on_error)
    return node.memory is None and not is_open and not _is_idle(node)


def _fold_body(body: Body, known: Known) -> Body:
    match body:
        case LlmBody(ask):
            folded = _fold_ask(ask, known)
            return body if folded is ask else replace(body, ask=folded)
        case AgentBody(ask=ask):
            folded = _fold_ask(ask, known)
            return body if folded is ask else replace(body, ask=folded)
        case HumanBody(ask=text):
            question = fold_text(text, known)
            return body if question is text else replace(body, ask=question)
        case ToolBody(args=args) | FunctionBody(args=args) | WorkflowBody(args=args):
            given = _each(args, lambda each: _fold_input(each, known))
            return body if given is args else replace(body, args=given)
        case SetBody(assignments):
            changed = tuple(
                (
                    each
                    if (value := fold_value(each.value, known)) is each.value
                    else replace(each, value=value)
                )
                for each in assignments
            )
            return body if changed == assignments else SetBody(changed)
        case _:
            return body


def _fold_ask(ask: Ask, known: Known) -> Ask:
    prompt = fold_text(ask.prompt, known)
    system = None if ask.system is None else fold_text(ask.system, known)
    if prompt is ask.prompt and system is ask.system:
        return ask
    return replace(ask, prompt=prompt, system=system)


def _each(items: tuple[Input, ...], fold: Callable[[Input], Input]) -> tuple[Input, ...]:
    folded = tuple(fold(each) for each in items)
    return items if all(a is b for a, b in zip(folded, items, strict=True)) else folded


def _fold_input(given: Input, known: Known) -> Input:
    value = fold_value(given.value, known)
    return given if value is given.value else replace(given, value=value)


def _fold_exit(exit: Exit, known: Known) -> Exit:
    if not isinstance(exit, Choice):
        return exit
    cases = tuple(
        (
            case
            if case.condition is None
            or (condition := fold_condition(case.condition, known)) is case.condition
            else replace(case, condition=condition)
        )
        for case in exit.cases
    )
    return (
        exit
        if all(a is b for a, b in zip(cases, exit.cases, strict=True))
        else replace(exit, cases=cases)
    )
