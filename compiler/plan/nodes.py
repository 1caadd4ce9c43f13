"""Node functions as views."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from functools import partial

from compiler.expr import ListType, RecordType
from compiler.expr.ast import Unary
from compiler.ir.names import FieldName, NodeId
from compiler.ir.nodes import (
    AgentBody,
    Body,
    CodeBody,
    ForEach,
    FunctionBody,
    HumanBody,
    LlmBody,
    Node,
    Output,
    SetBody,
    ToolBody,
    WorkflowBody,
)
from compiler.ir.values import Expression
from compiler.ir.workflow import Workflow
from compiler.plan.calls import Call, CallWriter
from compiler.plan.imports import Imports
from compiler.plan.memory import MemoryWriter
from compiler.plan.names import Names
from compiler.plan.node_failures import attempts, failure_views
from compiler.plan.node_views import BodyView, FailureView, ItemView, NodeView, PairView
from compiler.plan.node_words import node_doc, words_of_items
from compiler.plan.package import Package
from compiler.plan.text import Code, docstring, identifier, literal
from compiler.plan.types import annotation
from compiler.plan.values import Reader
from compiler.record import dataclass

_ALWAYS = (
    "Any Failure Literal Retry State checked deepcopy map_items models node partial prompts text"
)
_BY_KIND: dict[type[Body], str] = {
    LlmBody: "ask ask_text",
    AgentBody: "agent_tool run_agent run_agent_or_hand_off spawn_tool tools",
    CodeBody: "cached code run_code",
    FunctionBody: "cached in_thread user",
    HumanBody: "ask_form ask_human",
    SetBody: "",
    ToolBody: "cached call_tool tools",
    WorkflowBody: "flows run_flow",
}


def _reserved(package: Package) -> frozenset[str]:
    """Names that `nodes.py` of this workflow may use for something else than a node."""
    nodes = package.workflow.nodes
    kinds = {type(node.body) for node in nodes}
    names = set(" ".join([_ALWAYS, *(_BY_KIND[kind] for kind in kinds)]).split())
    names.update(package.flows.values())
    names.update(
        package.user_module(node.body.path) for node in nodes if isinstance(node.body, FunctionBody)
    )
    for node in nodes:
        if isinstance(node.body, AgentBody):
            names.update(f"{other}_task" for other in node.body.agents)
    return frozenset(names)


Finish = Callable[[Node, Call], tuple[tuple[PairView, ...], tuple[Code, ...]]]
"""Says what a body returns: a mapping, or one value."""


@dataclass(slots=True)
class NodesWriter:
    """Writes the functions of all nodes of one package."""

    package: Package
    imports: Imports
    functions: dict[NodeId, str] = field(default_factory=dict)
    _reserved: frozenset[str] = frozenset()
    _function_names: set[str] = field(default_factory=set)
    _merges: dict[FieldName, str] = field(default_factory=dict)

    @property
    def workflow(self) -> Workflow:
        """The workflow of the package."""
        return self.package.workflow

    def views(self) -> tuple[NodeView, ...]:
        """Return a view per node in file order; `functions` is complete afterwards."""
        self._reserved = _reserved(self.package)
        self._merges.update((each.name, each.merge) for each in self.workflow.fields)
        names = Names(self._reserved)
        flow = [n for n in self.workflow.nodes if n.id in self.package.wiring.graph.reachable]
        for node in flow:
            self.functions[node.id] = names.new(node.id)
            self._function_names.add(self.functions[node.id])
        self.package.types.avoid(self._function_names)
        return tuple(self._node(node, names) for node in flow)

    def tasks(self) -> tuple[ItemView, ...]:
        """Return a function for each agent that other agents call; to be asked for after `views`."""
        called = {
            other
            for node in self.workflow.nodes
            if isinstance(node.body, AgentBody)
            for other in node.body.agents
        }
        return tuple(
            self._task(node, node.body)
            for node in self.workflow.nodes
            if node.id in called and isinstance(node.body, AgentBody)
        )

    def _task(self, node: Node, agent: AgentBody) -> ItemView:
        def finish(node: Node, call: Call) -> tuple[tuple[PairView, ...], tuple[Code, ...]]:
            return (), tuple(call.values.values()) or (Code("None"),)

        def write(reader: Reader) -> Call:
            suffix = Code(' + "\\n\\n" + task')
            return CallWriter(self.package, self.imports, reader, suffix).task(node, agent)

        body = self._body(node, Reader({}, self.imports), finish, write=write, skippable=False)
        is_text = agent.ask.is_text or not node.outputs
        returns = Code("str" if is_text else f"dict[str, {self.imports.use('typing', 'Any')}]")
        parameters = (Code("state: State"), Code("task: str"))
        return ItemView(Code(f"{node.id}_task"), parameters, returns, node_doc(node), body)

    def _node(self, node: Node, names: Names) -> NodeView:
        failure = failure_views(node, self.workflow, names, self.imports)
        options = self._options(node, failure)
        self.imports.use_runtime("node", "node")
        if node.foreach is None:
            body = self._body(node, Reader({}, self.imports), self._returns)
            return NodeView(
                Code(self.functions[node.id]), options, node_doc(node), body, (), failure
            )
        item = self._item(node, node.foreach, names)
        body = self._map_body(node, node.foreach, item)
        doc = docstring(f"Run `{item.function}` for each item of {words_of_items(node.foreach)}")
        return NodeView(Code(self.functions[node.id]), options, doc, body, (item,), failure)

    # -- the body -----------------------------------------------------------------------------------------

    def _body(
        self,
        node: Node,
        reader: Reader,
        finish: Finish,
        *,
        write: Callable[[Reader], Call] | None = None,
        skippable: bool = True,
    ) -> BodyView:
        names = Names(
            {"state", "answer", "result", "prompt", "history", *self._reserved},
            self._function_names,
        )
        skip = self._skip(node, reader) if skippable else ()
        memory = MemoryWriter(node.memory, self.imports) if node.memory is not None else None
        locals_: list[PairView] = []

        def name_local(wanted: str, code: Code) -> None:
            local = names.new(wanted)
            locals_.append(PairView(Code(local), code))
            reader.bind(wanted, Code(local))

        for name, code in memory.reads(reader) if memory is not None else ():
            name_local(name, code)
        for given in () if isinstance(node.body, CodeBody) else node.inputs:
            code = reader.value(given.value)
            if isinstance(given.value, Expression) and _is_path(code):
                reader.bind(given.name, code)
            else:
                name_local(given.name, code)
        if write is not None:
            call = write(reader)
        elif memory is not None:
            call = self._remembering(node, memory, reader, locals_)
        else:
            call = CallWriter(self.package, self.imports, reader).call(node)
        returns, value = finish(node, call)
        return BodyView(skip, tuple(locals_), call.statements, returns, value)

    def _remembering(
        self, node: Node, memory: MemoryWriter, reader: Reader, locals_: list[PairView]
    ) -> Call:
        """The call of a node with memory: history before, what is kept after."""
        has_history = memory.has_history and isinstance(node.body, LlmBody | AgentBody)
        writer = CallWriter(self.package, self.imports, reader, has_history=has_history)
        kept = Code("prompt")
        if has_history and isinstance(node.body, LlmBody | AgentBody):
            prompt = partial(writer.prompt, node, node.body.ask)
            kept = memory.kept(reader, prompt)
            locals_.append(PairView(Code("prompt"), prompt(reader)))
            locals_.append(PairView(Code("history"), memory.history()))
        call = writer.call(node)
        statements, values = list(call.statements), dict(call.values)
        if len(values) == 1 and not statements:
            name = next(iter(values))
            statements.append(Code(f"answer = {values[name]}"))
            values[name] = Code("answer")
        if has_history:
            is_text = list(values.values()) == ["answer"]
            answer = Code("answer" if is_text else "answer.model_dump()")
            statements.append(memory.remember(kept, answer))
        statements += memory.writes(reader.after(values))
        return Call(tuple(statements), values)

    def _skip(self, node: Node, reader: Reader) -> tuple[Code, ...]:
        skip = tuple(self._is_settled(node, header) for header in node.settled_in)
        if node.when is not None:
            skip += (reader.expression(Unary("not", node.when.ast, 0, 0)),)
        return skip

    def _is_settled(self, node: Node, header: NodeId) -> Code:
        """Tell whether this is not the first round of a loop; its header counts a round as it ends."""
        counter = literal(self.package.wiring.round_fields[header])
        return Code(f"state.get({counter}, 0) > {0 if node.id == header else 1}")

    def _returns(self, node: Node, call: Call) -> tuple[tuple[PairView, ...], tuple[Code, ...]]:
        pairs: list[PairView] = []
        for name, value in call.values.items():
            code = Code(f"[{value}]") if self._merges.get(FieldName(name)) == "append" else value
            pairs.append(PairView(literal(name), code))
        return tuple(pairs), ()

    # -- maps ---------------------------------------------------------------------------------------------

    def _item(self, node: Node, each: ForEach, names: Names) -> ItemView:
        function = names.new(f"{node.id}_item")
        inner = Names(
            {"state", "answer", "result", "prompt", "history", *self._reserved},
            self._function_names,
        )
        var, index = inner.new(each.var), inner.new("index")
        reader = Reader({each.var: Code(var), "index": Code(index)}, self.imports)
        if each.var != "item":
            reader.bind("item", Code(var))
        body = self._body(node, reader, self._element, skippable=False)
        item_type = annotation(
            each.item_type, each.var, self.package.types, self.imports, ".records"
        )
        returns = self._element_type(node.outputs, node)
        parameters = (
            Code("state: State"),
            Code(f"{identifier(var)}: {item_type}"),
            Code(f"{identifier(index)}: int"),
        )
        return ItemView(Code(function), parameters, returns, node_doc(node), body)

    def _element(self, node: Node, call: Call) -> tuple[tuple[PairView, ...], tuple[Code, ...]]:
        if len(node.outputs) == 1:
            return (), (call.values[node.outputs[0].name],)
        if not node.outputs:
            return (), (Code("None"),)
        return tuple(PairView(literal(name), value) for name, value in call.values.items()), ()

    def _element_type(self, outputs: tuple[Output, ...], node: Node) -> Code:
        if not outputs:
            return Code("None")
        if len(outputs) == 1:
            wanted = f"{node.id}_{outputs[0].name}"
            return annotation(outputs[0].type, wanted, self.package.types, self.imports, ".records")
        collect = node.foreach.collect if node.foreach else None
        if collect is not None:
            type = self.workflow.field(collect).type
            if isinstance(type, ListType) and isinstance(type.item, RecordType):
                return annotation(type.item, collect, self.package.types, self.imports, ".records")
        return Code(f"dict[str, {self.imports.use('typing', 'Any')}]")

    def _map_body(self, node: Node, each: ForEach, item: ItemView) -> BodyView:
        reader = Reader({}, self.imports)
        partial = self.imports.use("functools", "partial")
        arguments = [f"{partial}({item.function}, state)", reader.expression(each.source.ast)]
        if each.max_concurrency is not None:
            arguments.append(f"limit={literal(each.max_concurrency)}")
        if each.on_error == "skip":
            arguments.append('on_error="skip"')
        if isinstance(node.body, HumanBody | WorkflowBody):
            arguments.append("pauses=True")
        arguments += attempts(node, self.imports)
        call = f"{self.imports.use_runtime('items', 'map_items')}({', '.join(arguments)})"
        pairs: list[PairView] = []
        if each.collect is not None:
            is_item = self.workflow.field(each.collect).merge == "append"
            values = Code("[results.values]" if is_item else "results.values")
            pairs.append(PairView(literal(each.collect), values))
        if each.errors is not None:
            pairs.append(PairView(literal(each.errors), Code("results.errors")))
        statement = f"results = await {call}" if pairs else f"await {call}"
        return BodyView(self._skip(node, reader), (), (Code(statement),), tuple(pairs), ())

    # -- options --------------------------------------------------------------------------------------

    def _options(self, node: Node, failure: tuple[FailureView, ...]) -> tuple[Code, ...]:
        wiring = self.package.wiring
        found: list[str] = []
        if self.functions[node.id] != node.id:
            found.append(f"name={literal(node.id)}")
        if node.foreach is None:
            found += attempts(node, self.imports)
        if failure:
            found.append(f"on_error={failure[0].function}")
        if any(handler.target is not None for handler in node.on_error):
            found.append("clears_error=True")
        if node.id in wiring.round_fields:
            found.append(f"rounds={literal(wiring.round_fields[node.id])}")
        resets = wiring.resets(node.id) if node.id in wiring.loops.loops else ()
        if resets:
            found.append(f"resets={literal(list(resets))}")
        return tuple(Code(each) for each in found)


def _is_path(code: Code) -> bool:
    """Whether an input is a plain place in the state, which needs no local name."""
    return re.fullmatch(r'\w+(\["[^"\\]*"\])*', code) is not None
