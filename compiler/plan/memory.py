"""What a node remembers, as code around its call; and the memory of a package as a constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.ir.names import ModelName
from compiler.ir.nodes import AgentBody, LlmBody, MemoryUse, Node
from compiler.ir.storage import database_of
from compiler.ir.workflow import Workflow
from compiler.plan.app import setting
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.package import Package
from compiler.plan.text import Code, literal
from compiler.plan.values import Reader


@dataclass(frozen=True, slots=True)
class MemoryWriter:
    """Writes the memory code of one node into its function."""

    use: MemoryUse
    imports: Imports

    @property
    def has_history(self) -> bool:
        """Whether the model is given the earlier conversation."""
        return self.use.history > 0

    def _memory(self) -> Code:
        return self.imports.use(".memory", "MEMORY")

    def _scope(self) -> str:
        return f"scope={literal(self.use.scope)}"

    def reads(self, reader: Reader) -> list[tuple[str, Code]]:
        """The local names that are read from memory, with their code."""
        found = [
            (
                each.name,
                Code(f"await {self._memory()}.read({reader.value(each.value)}, {self._scope()})"),
            )
            for each in self.use.read
        ]
        search = self.use.search
        if search is not None:
            arguments = f"{reader.value(search.query)}, {literal(search.top_k)}, {self._scope()}"
            found.append((search.into, Code(f"await {self._memory()}.search({arguments})")))
        return found

    def history(self) -> Code:
        """The earlier conversation."""
        return Code(
            f"await {self._memory()}.history({literal(self.use.scope)}, {literal(self.use.history)})"
        )

    def kept(self, reader: Reader, prompt: Callable[[Reader], Code]) -> Code:
        """What is kept of a prompt: not what a search found.

        Else a turn would hold the turns before it, which hold those before them: each twice as long.
        """
        search = self.use.search
        if search is None:
            return Code("prompt")
        without = reader.after({})
        without.bind(search.into, Code("[]"))
        kept = prompt(without)
        return Code("prompt") if kept == prompt(reader) else kept

    def remember(self, prompt: Code, answer: Code) -> Code:
        """Add the pair of prompt and answer to the conversation."""
        given = f"{literal(self.use.scope)}, {prompt}, {answer}"
        return Code(f"await {self._memory()}.remember({given})")

    def writes(self, reader: Reader) -> tuple[Code, ...]:
        """Keep the named values; `reader` knows what the node has just written."""
        return tuple(
            Code(
                f"await {self._memory()}.write({literal(each.name)}, {reader.value(each.value)}, "
                f"{self._scope()})"
            )
            for each in self.use.write
        )


def has_memory(workflow: Workflow) -> bool:
    """Whether some node of the workflow itself uses memory."""
    return any(node.memory is not None for node in workflow.nodes)


def memory_constants(package: Package, imports: Imports) -> tuple[ConstantView, ...]:
    """Return the constant `MEMORY`, nothing when no node uses memory."""
    workflow = package.workflow
    if not has_memory(workflow):
        return ()
    arguments = [_store(package, imports)]
    model = next((_model(node) for node in workflow.nodes if _model(node)), None)
    if model is not None:
        summarizer = imports.use_runtime("memory.summary", "summarizer")
        imports.use(".", "models")
        arguments.append(f"summarize={summarizer}(models.{package.models[model]})")
    if workflow.config.embedding_model is not None:
        embedding = imports.use_runtime("memory.embedding", "embedding_model")
        arguments.append(f"embedding={embedding}({literal(workflow.config.embedding_model)})")
    make = imports.use_runtime("memory.memory", "Memory")
    return (ConstantView(Code("MEMORY"), Code(f"{make}({', '.join(arguments)})")),)


def _model(node: Node) -> ModelName | None:
    """The model of a node whose conversation is remembered."""
    if (
        node.memory is None
        or node.memory.history == 0
        or not isinstance(node.body, LlmBody | AgentBody)
    ):
        return None
    return node.body.ask.model


def _store(package: Package, imports: Imports) -> str:
    storage = package.workflow.config.storage
    kind = database_of(storage.backend)
    if kind == "sqlite":
        make = imports.use_runtime("memory.sqlite", "SqliteStore")
        name = f".agentc/{package.workflow.package}-memory.sqlite"
        return f"{make}({literal(name)})"
    name = {"redis": "RedisStore", "postgres": "PostgresStore"}[kind]
    return f"{imports.use_runtime(f'memory.{kind}', name)}({setting(storage.backend)})"
