"""What a node reads, writes and uses: the questions most passes ask."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics.span import Span
from compiler.expr import Expr
from compiler.expr.ast import Name, StateField, walk
from compiler.ir.exits import Choice, Exit
from compiler.ir.names import ERROR_FIELD, FieldName, ModelName, ToolName
from compiler.ir.nodes import (
    AgentBody,
    Ask,
    CodeBody,
    FunctionBody,
    HumanBody,
    Input,
    LlmBody,
    Node,
    SetBody,
    ToolBody,
    ToolUse,
    WorkflowBody,
)
from compiler.ir.places import expression_place, reference_place
from compiler.ir.values import (
    Constant,
    Expression,
    ListValue,
    MappingValue,
    Text,
    Value,
    leaves,
)
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Read:
    """A node reads a field: `part` of the expression, or of a reference of the text, names it."""

    field: FieldName
    value: Expression | Text
    part: Expr

    @property
    def span(self) -> Span:
        """Where the name stands in the file, as near as it can be told."""
        if isinstance(self.value, Expression):
            return expression_place(self.value, self.part)
        return reference_place(self.value, self.part)


@dataclass(frozen=True, slots=True)
class Write:
    """A node writes a field, surely or only on some ways; `span` is what says so.

    `is_certain` speaks of the node's normal exit: on the way to an error handler nothing is written.
    """

    field: FieldName
    span: Span
    is_certain: bool


def asks(node: Node) -> Ask | None:
    """Return what the node asks a model, if it does."""
    return node.body.ask if isinstance(node.body, LlmBody | AgentBody) else None


def tool_uses(node: Node) -> tuple[ToolUse, ...]:
    """Return the tools the node may call, those of its sub-agents included, in file order."""
    match node.body:
        case AgentBody(tools=tools, spawn=spawn):
            return tools + (spawn.tools if spawn is not None else ())
        case ToolBody(use=use):
            return (use,)
        case _:
            return ()


def models_used(node: Node) -> tuple[ModelName, ...]:
    """Return the models the node names; the fallbacks of those stand in the workflow's models."""
    ask = asks(node)
    return () if ask is None else (ask.model,)


def tools_used(node: Node) -> tuple[ToolName, ...]:
    """Return the names of the tools the node may call, each once, in file order."""
    return tuple(dict.fromkeys(use.tool for use in tool_uses(node)))


def values(node: Node) -> Iterator[Value]:
    """Yield the values computed for a run of the node, in the order they are computed."""
    if node.when is not None:
        yield node.when
    if node.foreach is not None:
        yield node.foreach.source
    if node.memory is not None:
        yield from (each.value for each in node.memory.read)
    yield from (each.value for each in node.inputs)
    if node.memory is not None and node.memory.search is not None:
        yield node.memory.search.query
    yield from _body_values(node)
    yield from late_values(node)


def late_values(node: Node) -> Iterator[Value]:
    """Yield the values computed after the body: what goes to memory, and what handlers set."""
    if node.memory is not None:
        yield from (each.value for each in node.memory.write)
    for handler in node.on_error:
        yield from (each.value for each in handler.assignments)


def exit_expressions(exit: Exit) -> tuple[Expression, ...]:
    """Return the conditions of an exit; they see the state as the node left it."""
    if not isinstance(exit, Choice):
        return ()
    return tuple(case.condition for case in exit.cases if case.condition is not None)


def expressions(node: Node) -> tuple[Expression, ...]:
    """Return all expressions of the node and its exit; the references of texts are not among them."""
    parts = (part for value in values(node) for part in leaves(value))
    own = tuple(part for part in parts if isinstance(part, Expression))
    return own + exit_expressions(node.exit)


def reads(node: Node) -> tuple[Read, ...]:
    """Return the fields the node reads, repeats included; conditions of its exit are in `exit_reads`.

    What it reads only after having surely written it itself does not count. Reading `error` in a handler
    gives `ERROR_FIELD`.
    """
    found: list[Read] = []
    if node.when is not None:
        found += value_reads(node.when)
    if node.foreach is not None:
        found += value_reads(node.foreach.source)
    memory = node.memory
    if memory is not None:
        found += _input_reads(memory.read)
    found += _input_reads(node.inputs)
    if memory is not None and memory.search is not None:
        found += value_reads(memory.search.query)
    for value in _body_values(node):
        found += value_reads(value)
    if memory is not None:
        own = {write.field for write in writes(node) if write.is_certain}
        found += (read for read in _input_reads(memory.write) if read.field not in own)
    for handler in node.on_error:
        for assignment in handler.assignments:
            found += (r for r in value_reads(assignment.value) if r.field != ERROR_FIELD)
    return tuple(found)


def exit_reads(exit: Exit) -> tuple[Read, ...]:
    """Return the fields that the conditions of an exit read."""
    return tuple(read for each in exit_expressions(exit) for read in value_reads(each))


def writes(node: Node) -> tuple[Write, ...]:
    """Return the fields the node may write, each once, in file order.

    A write is certain unless `when` may skip the node, or a handler lets the flow go on without it.
    """
    found: dict[FieldName, Write] = {}
    for field, span in _written(node):
        found.setdefault(field, Write(field, span, _is_certain(node, field)))
    for handler in node.on_error:
        for each in handler.assignments:
            found.setdefault(each.field, Write(each.field, each.span, False))
    return tuple(found.values())


def value_reads(value: Value) -> tuple[Read, ...]:
    """Return the fields a value reads, in text order, repeats included."""
    match value:
        case Expression():
            return _reads_in(value, value.ast)
        case Text():
            references = value.template.references
            return tuple(read for each in references for read in _reads_in(value, each.expr))
        case Constant():
            return ()
        case ListValue() | MappingValue():
            return tuple(read for part in leaves(value) for read in value_reads(part))


def _body_values(node: Node) -> Iterator[Value]:
    match node.body:
        case LlmBody(ask) | AgentBody(ask=ask):
            if ask.system is not None:
                yield ask.system
            yield ask.prompt
        case ToolBody(args=args) | FunctionBody(args=args) | WorkflowBody(args=args):
            yield from (each.value for each in args)
        case HumanBody(ask=ask):
            yield ask
        case SetBody(assignments):
            yield from (each.value for each in assignments)
        case CodeBody():
            return


def _input_reads(inputs: tuple[Input, ...]) -> list[Read]:
    return [read for each in inputs for read in value_reads(each.value)]


def _written(node: Node) -> Iterator[tuple[FieldName, Span]]:
    if node.foreach is None:
        yield from ((FieldName(output.name), output.span) for output in node.outputs)
        return
    for field in (node.foreach.collect, node.foreach.errors):
        if field is not None:
            yield field, node.foreach.span


def _is_certain(node: Node, field: FieldName) -> bool:
    if node.when is not None:
        return False
    for handler in node.on_error:
        if handler.action == "continue":
            return False
        if handler.action == "set" and all(each.field != field for each in handler.assignments):
            return False
    return True


def _reads_in(value: Expression | Text, expr: Expr) -> tuple[Read, ...]:
    found: list[Read] = []
    for part in walk(expr):
        if isinstance(part, StateField):
            found.append(Read(FieldName(part.name), value, part))
        elif isinstance(part, Name) and part.id == ERROR_FIELD:
            found.append(Read(ERROR_FIELD, value, part))
    return tuple(found)
