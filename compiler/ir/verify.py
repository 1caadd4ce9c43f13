"""What must hold of every workflow, before and after each pass: all names resolve, parts fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from compiler.expr import Expr
from compiler.expr.ast import Name, walk
from compiler.ir.exits import Choice, Exit
from compiler.ir.names import END, ERROR_FIELD, START, FieldName, NodeId
from compiler.ir.nodes import AgentBody, Node, SetBody, WorkflowBody
from compiler.ir.uses import asks, tool_uses, value_reads, values
from compiler.ir.values import Constant, Expression, Value, leaves
from compiler.ir.workflow import McpTool, Workflow

_FOREACH_INDEX = "index"


def verify(workflow: Workflow) -> list[str]:
    """Return what is wrong with the workflow; an empty list when it is sound.

    These are invariants of the compiler. A workflow file can break them only by way of a bug.
    """
    return list(_Verifier(workflow).problems())


class _Verifier:
    """Looks names up in sets made once, so that it takes one step per reference."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._fields = {field.name for field in workflow.fields}
        self._nodes = {node.id: node for node in workflow.nodes}
        self._models = {model.name for model in workflow.models}
        self._tools = {tool.name for tool in workflow.tools}
        self._servers = {tool.name for tool in workflow.tools if isinstance(tool, McpTool)}
        self._children = {child.key for child in workflow.children}

    def problems(self) -> Iterator[str]:
        workflow = self._workflow
        yield from _repeated("field", [field.name for field in workflow.fields])
        yield from _repeated("node", [node.id for node in workflow.nodes])
        yield from _repeated("model", [model.name for model in workflow.models])
        yield from _repeated("tool", [tool.name for tool in workflow.tools])
        yield from _repeated("type", [named.name for named in workflow.types])
        yield from _repeated("child", [child.key for child in workflow.children])
        for reserved in (START, END):
            if reserved in self._nodes:
                yield f"a node is called `{reserved}`"
        for model in workflow.models:
            for fallback in model.fallbacks:
                if fallback not in self._models:
                    yield f"model `{model.name}` falls back to unknown `{fallback}`"
        for trigger in workflow.triggers:
            if trigger.reply is not None and trigger.reply not in self._fields:
                yield f"a trigger replies with unknown field `{trigger.reply}`"
        yield from self._exit("START", workflow.entry)
        for node in workflow.nodes:
            yield from (f"node `{node.id}`: {problem}" for problem in self._node(node))
            yield from self._exit(node.id, node.exit)
        for child in workflow.children:
            yield from (f"child `{child.key}`: {problem}" for problem in verify(child.workflow))

    def _node(self, node: Node) -> Iterator[str]:
        yield from _repeated("input", [each.name for each in node.inputs])
        yield from _repeated("output", [each.name for each in node.outputs])
        yield from self._written(node)
        yield from self._body(node)
        local = _locals(node)
        for value in values(node):
            yield from self._value(value, local)
        for handler in node.on_error:
            if (handler.target is not None) != (handler.action == "goto"):
                yield "a handler has a target exactly if it is a goto"
            if handler.target is not None:
                yield from self._target(handler.target, "a handler goes")

    def _written(self, node: Node) -> Iterator[str]:
        written = [assign.field for handler in node.on_error for assign in handler.assignments]
        if node.foreach is None:
            written += (FieldName(output.name) for output in node.outputs)
        else:
            both = (node.foreach.collect, node.foreach.errors)
            written += (field for field in both if field is not None)
        yield from (f"writes unknown `{name}`" for name in written if name not in self._fields)

    def _body(self, node: Node) -> Iterator[str]:
        ask = asks(node)
        if ask is not None and ask.model not in self._models:
            yield f"uses unknown model `{ask.model}`"
        for use in tool_uses(node):
            server, _, tool = use.tool.partition(".")
            if use.tool not in self._tools and not (tool and server in self._servers):
                yield f"uses unknown tool `{use.tool}`"
        match node.body:
            case AgentBody(agents=agents, handoff=handoff):
                for other in (*agents, *handoff):
                    if other not in self._nodes:
                        yield f"names unknown agent `{other}`"
            case WorkflowBody(child=child, results=results):
                if child not in self._children:
                    yield f"calls unknown workflow `{child}`"
                if {parent for parent, _ in results} != {each.name for each in node.outputs}:
                    yield "its results are not its outputs"
            case SetBody(assignments):
                if {each.field for each in assignments} != {each.name for each in node.outputs}:
                    yield "its assignments are not its outputs"
        if ask is not None and not node.outputs:
            yield "it asks a model for an answer without an output"

    def _value(self, value: Value, local: frozenset[str]) -> Iterator[str]:
        for read in value_reads(value):
            if read.field not in self._fields and read.field != ERROR_FIELD:
                yield f"reads unknown `{read.field}`"
        roots: list[Expr] = []
        for leaf in leaves(value):
            if isinstance(leaf, Expression):
                roots.append(leaf.ast)
            elif not isinstance(leaf, Constant):
                roots += (reference.expr for reference in leaf.template.references)
        for root in roots:
            for part in walk(root):
                if isinstance(part, Name) and part.id not in local:
                    yield f"reads unknown name `{part.id}`"

    def _exit(self, source: str, exit: Exit) -> Iterator[str]:
        if not isinstance(exit, Choice):
            yield from _repeated(f"edge of `{source}` to", [each.target for each in exit.arrows])
            for arrow in exit.arrows:
                yield from self._target(arrow.target, f"`{source}` goes")
            return
        if not exit.cases:
            yield f"`{source}` has a choice without cases"
        for case in exit.cases:
            yield from self._target(case.target, f"`{source}` goes")
            if case.on_exhausted is not None:
                yield from self._target(case.on_exhausted.target, f"`{source}` goes")
                if case.bound is None:
                    yield f"`{source}` has an exhausted exit without a bound"
            if case.bound is not None and case.bound < 1:
                yield f"`{source}` has bound {case.bound}"
            if case.condition is not None:
                error = frozenset((ERROR_FIELD,))
                yield from (f"`{source}`: {each}" for each in self._value(case.condition, error))

    def _target(self, target: NodeId, words: str) -> Iterator[str]:
        if target not in self._nodes and target != END:
            yield f"{words} to unknown `{target}`"


def _locals(node: Node) -> frozenset[str]:
    names = {ERROR_FIELD, *(each.name for each in node.inputs)}
    if node.foreach is not None:
        names |= {node.foreach.var, _FOREACH_INDEX}
    if node.memory is not None:
        names |= {each.name for each in node.memory.read}
        if node.memory.search is not None:
            names.add(node.memory.search.into)
    return frozenset(names)


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what} `{name}` occurs {count} times"
