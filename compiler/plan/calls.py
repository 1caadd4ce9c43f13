"""The call that a node is about, for each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from compiler.expr import AnyType, BoolType, EnumType, FloatType, IntType, StrType
from compiler.ir.names import ModelName, NodeId
from compiler.ir.nodes import (
    AgentBody,
    Ask,
    CodeBody,
    FunctionBody,
    HumanBody,
    LlmBody,
    Node,
    SetBody,
    ToolBody,
    ToolUse,
    WorkflowBody,
)
from compiler.ir.values import Expression, Value, leaves
from compiler.plan.human_options import is_text_answer, waiting_options
from compiler.plan.imports import Imports
from compiler.plan.package import Package
from compiler.plan.sandbox_options import sandbox_module, sandbox_options
from compiler.plan.schemas import Schema
from compiler.plan.text import Code, identifier, literal, one_line, text_block
from compiler.plan.values import Reader
from compiler.record import dataclass

_SCALAR = StrType | IntType | FloatType | BoolType | EnumType


@dataclass(frozen=True, slots=True)
class Call:
    """Statements to run first, and the code of each output's value."""

    statements: tuple[Code, ...]
    values: dict[str, Code]


class CallWriter:
    """Writes the call of one node into one function."""

    def __init__(
        self,
        package: Package,
        imports: Imports,
        reader: Reader,
        suffix: str = "",
        *,
        has_history: bool = False,
    ) -> None:
        """Write into a function whose names `reader` knows.

        Args:
            suffix: added to each prompt's code.
            has_history: whether `prompt` and `history` are locals of the function.
        """
        self._has_history = has_history
        self._package = package
        self._suffix = suffix
        self._imports = imports
        self._reader = reader

    def call(self, node: Node) -> Call:
        """Return the call of a node."""
        body = node.body
        match body:
            case LlmBody():
                return self._ask(node, body.ask)
            case AgentBody():
                return self._agent(node, body)
            case CodeBody():
                return self._code(node, body)
            case FunctionBody():
                return self._function(node, body)
            case ToolBody():
                return self._tool(node, body)
            case HumanBody():
                return self._human(node, body)
            case SetBody():
                values: dict[str, Code] = {
                    each.field: self._reader.value(each.value) for each in body.assignments
                }
                return Call((), values)
            case WorkflowBody():
                return self._workflow(node, body)
            case _:
                assert_never(body)

    # -- models -------------------------------------------------------------------------------------------

    def _ask(self, node: Node, ask: Ask) -> Call:
        if ask.is_text or not node.outputs:
            function = self._imports.use_runtime("llm", "ask_text")
            return self._plain(node, f"await {function}({self._join(self._asked(node, ask))})")
        schema = self._package.schemas.add(
            node.id, "Answer", node.outputs, f"What `{node.id}` answers"
        )
        function = self._imports.use_runtime("llm", "ask")
        arguments = self._asked(node, ask)
        arguments.insert(2, self._imports.use(".schemas", schema.name))
        return self._answer(schema, f"await {function}({self._join(arguments)})")

    def _agent(self, node: Node, body: AgentBody) -> Call:
        schema: Schema | None = None
        if node.outputs and (body.handoff or not body.ask.is_text):
            schema = self._package.schemas.add(
                node.id, "Answer", node.outputs, f"What `{node.id}` answers"
            )
        arguments = self._asked(node, body.ask)
        if schema is not None:
            arguments.insert(2, self._imports.use(".schemas", schema.name))
        if body.handoff:
            pairs = (f"{literal(to)}: {literal(self._purpose(to))}" for to in body.handoff)
            arguments.append(Code(f"to={{{', '.join(pairs)}}}"))
        offered = ", ".join(self._offered(body))
        arguments += [Code(f"tools=[{offered}]"), Code(f"max_turns={literal(body.max_turns)}")]
        if body.handoff and schema is not None:
            return self._handoff(schema, arguments)
        function = self._imports.use_runtime("agent", "run_agent")
        call = f"await {function}({self._join(arguments)})"
        return self._plain(node, call) if schema is None else self._answer(schema, call)

    def _offered(self, body: AgentBody) -> Iterator[Code]:
        """The tools of an agent: its own, other agents, and the one that makes helpers."""
        yield from (self._tool_use(use) for use in body.tools)
        for other in body.agents:
            make = self._imports.use_runtime("subagent", "agent_tool")
            run = Code(f"{self._imports.use('functools', 'partial')}({other}_task, state)")
            yield Code(f"{make}({literal(other)}, {literal(self._purpose(other))}, {run})")
        if body.spawn is not None:
            make = self._imports.use_runtime("spawn", "spawn_tool")
            inner = ", ".join(self._tool_use(use) for use in body.spawn.tools)
            yield Code(
                f"{make}({self._model(body.ask.model)}, tools=[{inner}], "
                f"max_agents={literal(body.spawn.max_agents)}, max_depth={literal(body.spawn.max_depth)})"
            )

    def _purpose(self, agent: NodeId) -> str:
        """What an agent is for, as the model is told."""
        node = self._package.workflow.node(agent)
        return one_line(node.description or node.name)

    def _handoff(self, schema: Schema, arguments: list[Code]) -> Call:
        function = self._imports.use_runtime("handoff", "run_agent_or_hand_off")
        statements = (
            Code(f"handled = await {function}({self._join(arguments)})"),
            Code("answer = handled.answer"),
            Code('if answer is None:\n        return {"handoff": handled.taken_over_by or ""}'),
        )
        values = {
            name: Code(f"answer.{attribute}") for name, attribute in schema.attributes.items()
        }
        return Call(statements, {**values, "handoff": literal("")})

    def task(self, node: Node, body: AgentBody) -> Call:
        """Return the call of an agent that another one has given a task."""
        call = self._agent(node, body)
        if not node.outputs:
            return Call((), {"answer": call.statements[0]})
        if body.ask.is_text:
            return call
        return Call(call.statements, {"answer": Code("answer.model_dump()")})

    def _asked(self, node: Node, ask: Ask) -> list[Code]:
        prompts = self._package.prompts
        prompt = Code("prompt") if self._has_history else self.prompt(node, ask)
        found = [self._model(ask.model, node.cache_ttl), prompt]
        if ask.system is not None:
            code = self._reader.text(ask.system, self._prompt(f"{node.id}_system"))
            found.append(Code(f"system={code}"))
        if ask.examples:
            pairs = [(text_block(each.input), text_block(each.output)) for each in ask.examples]
            listed = ", ".join(f"({given}, {wanted})" for given, wanted in pairs)
            name = prompts.add(f"{node.id}_examples", Code(f"({listed},)"))
            self._imports.use(".", "prompts")
            found.append(Code(f"examples={name}"))
        if self._has_history:
            found.append(Code("history=history"))
        return found

    def prompt(self, node: Node, ask: Ask, reader: Reader | None = None) -> Code:
        """Return the filled-in prompt of a node, with the values as `reader` knows them."""
        return Code((reader or self._reader).text(ask.prompt, self._prompt(node.id)) + self._suffix)

    def _prompt(self, name: str) -> Callable[[str, bool], Code]:
        def store(text: str, is_format: bool) -> Code:
            self._imports.use(".", "prompts")
            return self._package.prompts.add_text(name, text)

        return store

    def _model(self, name: ModelName, ttl: float | None = None) -> Code:
        self._imports.use(".", "models")
        return Code(f"models.{self._package.model_constant(name, ttl)}")

    # -- code and tools -----------------------------------------------------------------------------------

    def _code(self, node: Node, body: CodeBody) -> Call:
        name = self._package.code.add_text(node.id, body.code)
        self._imports.use(".", "code")
        given = ", ".join(
            f"{literal(each.name)}: {self._reader.value(each.value)}" for each in node.inputs
        )
        function = self._imports.use_runtime(sandbox_module(body.sandbox), "run_code")
        arguments = [Code(name), Code(f"{{{given}}}"), *sandbox_options(body.sandbox)]
        return self._result(node, self._awaited(node, function, arguments))

    def _function(self, node: Node, body: FunctionBody) -> Call:
        module = self._imports.use(".user", self._package.user_module(body.path))
        given = [
            Code(f"{identifier(each.name)}={self._own_copy(each.value)}") for each in body.args
        ]
        function = Code(f"{module}.{identifier(body.name)}")
        if body.is_async:
            return self._result(node, self._awaited(node, function, given))
        # In a thread, so that it holds up neither time limits nor what runs beside it.
        run = self._imports.use_runtime("threads", "in_thread")
        return self._result(node, self._awaited(node, run, [function, *given]))

    def _own_copy(self, value: Value) -> Code:
        """A value that the user's code may change without changing the state."""
        code = self._reader.value(value)
        parts = [part for part in leaves(value) if isinstance(part, Expression)]
        if all(isinstance(part.type, _SCALAR) for part in parts):
            return code
        return Code(f"{self._imports.use('copy', 'deepcopy')}({code})")

    def _tool(self, node: Node, body: ToolBody) -> Call:
        function = self._imports.use_runtime("tool", "call_tool")
        arguments = [self._tool_use(replace(body.use, on_error="continue"))]
        keyed = [each for each in body.args if not each.name.isidentifier()]
        arguments += [
            Code(f"{identifier(each.name)}={self._reader.value(each.value)}")
            for each in body.args
            if each.name.isidentifier()
        ]
        if keyed:
            rest = ", ".join(f"{literal(e.name)}: {self._reader.value(e.value)}" for e in keyed)
            arguments.append(Code(f"**{{{rest}}}"))
        return self._result(node, self._awaited(node, function, arguments))

    def _tool_use(self, use: ToolUse) -> Code:
        self._imports.use(".", "tools")
        return Code(f"tools.{self._package.tool_constant(use)}")

    # -- people and workflows -----------------------------------------------------------------------------

    def _human(self, node: Node, body: HumanBody) -> Call:
        arguments = [self._reader.text(body.ask, self._prompt(node.id))]
        if not is_text_answer(node):
            return self._form(node, body, arguments)
        if body.choices:
            arguments.append(Code(f"choices={literal(list(body.choices))}"))
        arguments += waiting_options(body, self._reader)
        function = self._imports.use_runtime("human", "ask_human")
        call = f"await {function}({self._join(arguments)})"
        if len(node.outputs) == 1 and isinstance(node.outputs[0].type, EnumType):
            return self._result(node, call)
        return self._plain(node, call)

    def _form(self, node: Node, body: HumanBody, arguments: list[Code]) -> Call:
        schema = self._package.schemas.add(
            node.id, "Answer", node.outputs, f"What a person answers to `{node.id}`"
        )
        arguments.append(self._imports.use(".schemas", schema.name))
        arguments += waiting_options(body, self._reader)
        function = self._imports.use_runtime("human_form", "ask_form")
        return self._answer(schema, f"await {function}({self._join(arguments)})")

    def _workflow(self, node: Node, body: WorkflowBody) -> Call:
        name = self._package.flows[body.child]
        module = self._imports.use(".flows", name)
        given = ", ".join(
            f"{literal(each.name)}: {self._reader.value(each.value)}" for each in body.args
        )
        function = self._imports.use_runtime("subflow", "run_flow")
        call = f"result = await {function}({module}.FLOW, {{{given}}})"
        values: dict[str, Code] = {
            parent: Code(f"result[{literal(child)}]") for parent, child in body.results
        }
        return Call((Code(call),), values) if values else Call((Code(call[9:]),), {})

    # -- shared -------------------------------------------------------------------------------------------

    def _awaited(self, node: Node, function: Code, arguments: list[Code]) -> str:
        """An awaited call, kept for the time that the node's `cache` says."""
        if node.cache_ttl is None:
            return f"await {function}({self._join(arguments)})"
        keep = self._imports.use_runtime("cached", "cached")
        ttl = literal(float(node.cache_ttl))
        return f"await {keep}({self._join([ttl, function, *arguments])})"

    def _join(self, arguments: Iterable[Code]) -> str:
        return ", ".join(arguments)

    def _plain(self, node: Node, call: str) -> Call:
        """The call's own value is the one output."""
        if not node.outputs:
            return Call((Code(call),), {})
        return Call((), {node.outputs[0].name: Code(call)})

    def _answer(self, schema: Schema, call: str) -> Call:
        values = {
            name: Code(f"answer.{attribute}") for name, attribute in schema.attributes.items()
        }
        return Call((Code(f"answer = {call}"),), values)

    def _result(self, node: Node, call: str) -> Call:
        """The call's value is checked against the outputs' types, unless nothing is known of them."""
        if not node.outputs or _is_any(node):
            return self._plain(node, call)
        schema = self._package.schemas.add(
            node.id, "Result", node.outputs, f"What `{node.id}` gives"
        )
        model = self._imports.use(".schemas", schema.name)
        function = self._imports.use_runtime("checked", "checked")
        values = {
            name: Code(f"result.{attribute}") for name, attribute in schema.attributes.items()
        }
        return Call((Code(f"result = {function}({call}, {model})"),), values)


def _is_any(node: Node) -> bool:
    return len(node.outputs) == 1 and isinstance(node.outputs[0].type, AnyType)
