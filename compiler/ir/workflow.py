"""A whole workflow, names resolved and defaults set."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final, Literal

from compiler.diagnostics.span import Span
from compiler.expr import AnyType, NullType, OptionalType, RecordType, Type
from compiler.ir.exits import Exit
from compiler.ir.names import FieldName, ModelName, NodeId, ToolName, TypeName
from compiler.ir.nodes import Node, Retry
from compiler.ir.values import Constant
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.ir.graph import Graph

Merge = Literal["replace", "append", "extend", "add", "union", "min", "max", "messages"]


@dataclass(frozen=True, slots=True)
class Field:
    """A state field. Neither required nor with a default: unset until a node writes it."""

    name: FieldName
    type: Type
    span: Span
    required: bool = False
    default: Constant | None = None
    description: str = ""
    merge: Merge = "replace"

    @property
    def has_value(self) -> bool:
        """Whether a run starts with a value in it; `default: null` of a type without null is none."""
        if self.required or self.default is None:
            return self.required
        takes_null = isinstance(self.type, AnyType | NullType | OptionalType)
        return takes_null or self.default.data is not None


@dataclass(frozen=True, slots=True)
class NamedType:
    """An object type of the file's `types`."""

    name: TypeName
    type: RecordType
    span: Span


@dataclass(frozen=True, slots=True)
class EnvRef:
    """`${env:NAME}` in a setting: read at run time, never at compile time."""

    variable: str


@dataclass(frozen=True, slots=True)
class EnvText:
    """A setting with `${env:NAME}` inside other text, such as `Bearer ${env:TOKEN}`: its parts in order."""

    parts: tuple[str | EnvRef, ...]


Setting = str | EnvRef | EnvText


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything needed to call one model; `model` is LiteLLM's `provider/model`.

    `name` is the key in `models`, or one made for settings written in place. Costs are USD per token.
    """

    name: ModelName
    model: str
    span: Span
    provider: str
    temperature: float | None = None
    max_tokens: int | None = None
    api_base: Setting | None = None
    api_key_env: str | None = None
    timeout: float | None = None
    fallbacks: tuple[ModelName, ...] = ()
    retry: Retry | None = None
    cache_ttl: float | None = None
    requests_per_minute: float | None = None
    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None


@dataclass(frozen=True, slots=True)
class BuiltinTool:
    """A tool of the runtime library, by its fixed name; `config` is plain data for its maker."""

    name: ToolName
    config: Constant | None
    span: Span
    read_only: bool


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A Python function of the user's offered as a tool: file `path`, function `function`."""

    name: ToolName
    path: str
    function: str
    is_async: bool
    description: str
    params: tuple[tuple[str, Type, bool], ...]
    """(name, type, required) from the function's type hints"""
    returns: Type
    span: Span
    read_only: bool


@dataclass(frozen=True, slots=True)
class McpTool:
    """An MCP server; a tool of it is named `server.tool`."""

    name: ToolName
    command: tuple[Setting, ...]
    url: Setting | None
    env: tuple[tuple[str, Setting], ...]
    span: Span
    read_only: bool


@dataclass(frozen=True, slots=True)
class HttpTool:
    """An HTTP endpoint; its parameters are the `{name}` parts of `url`, and `query` and `body`."""

    name: ToolName
    method: str
    url: Setting
    headers: tuple[tuple[str, Setting], ...]
    params: tuple[tuple[str, Type, bool], ...]
    description: str
    span: Span
    read_only: bool
    query: tuple[str, ...] = ()
    """Parameters sent in the query."""
    body: tuple[str, ...] = ()
    """Parameters sent as keys of a JSON body."""
    timeout: float | None = None


Tool = BuiltinTool | FunctionTool | McpTool | HttpTool


@dataclass(frozen=True, slots=True)
class Permissions:
    """The promise of the whole workflow; None means nothing was promised about it."""

    network: bool | tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None
    tools: tuple[ToolName, ...] | None = None
    sandbox: Literal["python", "docker"] | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one run; None means no limit."""

    max_cost_usd: float | None = None
    max_llm_calls: int | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """How runs are executed; times in seconds."""

    timeout: float | None = None
    max_retries: int = 2
    max_concurrency: int | None = None
    max_steps: int | None = None
    budget: Budget = Budget()
    checkpoint: Literal["none", "sqlite", "postgres", "redis"] = "none"
    engine: Literal["inprocess", "dbos", "temporal"] = "inprocess"
    requests_per_minute: tuple[tuple[str, float], ...] = ()
    """The most requests a minute to a provider, by LiteLLM's name of it."""


DEFAULT_LOG_LEVEL: Final = "WARNING"


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where and what is traced."""

    enabled: bool = True
    tracking_uri: Setting = "sqlite:///mlflow.db"
    experiment: str = ""
    run_name: str | None = None
    log_prompts: bool = True
    log_artifacts: bool = True
    artifact_level: str = "standard"
    is_async: bool = True
    redact_pii: bool = False
    retention_days: int | None = None
    log_level: str = DEFAULT_LOG_LEVEL


@dataclass(frozen=True, slots=True)
class Storage:
    """Where checkpoints and memory live: a backend URL (or `sqlite`) and a folder."""

    backend: Setting = "sqlite"
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The `config` section, defaults set."""

    execution: Execution = Execution()
    tracing: Tracing = Tracing()
    storage: Storage = Storage()
    permissions: Permissions = Permissions()
    embedding_model: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A way a run is started from outside; `settings` is the section as plain data."""

    kind: Literal["webhook", "telegram", "whatsapp", "schedule"]
    settings: Constant
    reply: FieldName | None
    span: Span


@dataclass(frozen=True, slots=True)
class UserFile:
    """A Python file of the user's that is copied into the package, as it is. `path` is posix, relative."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Child:
    """A sub-workflow, compiled once however often it is called; `key` is its path relative to the root file."""

    key: str
    workflow: Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow: nodes are in file order, `entry` is what START leads to."""

    name: str
    package: str
    description: str
    version: str
    source_name: str
    """The file's name without folders, for headers and messages."""
    span: Span
    types: tuple[NamedType, ...]
    fields: tuple[Field, ...]
    models: tuple[Model, ...]
    tools: tuple[Tool, ...]
    nodes: tuple[Node, ...]
    entry: Exit
    config: Config
    triggers: tuple[Trigger, ...] = ()
    files: tuple[UserFile, ...] = ()
    children: tuple[Child, ...] = ()
    is_strict: bool = False
    """`order: strict` on the workflow: the optimizer may not reorder anything."""
    judges: tuple[ModelName, ...] = ()
    """Declared models that evaluations and variants name; runs do not use them."""
    source_text: str = ""
    """The file as it was read, which goes along with the runs it led to."""
    graph: Graph | None = field(default=None, init=False, repr=False, compare=False)
    """What `Graph.of` has built of it."""

    def node(self, id: NodeId) -> Node:
        """Return the node of that id.

        Raises:
            KeyError: there is none, which is a bug of the caller.
        """
        for node in self.nodes:
            if node.id == id:
                return node
        raise KeyError(id)

    def field(self, name: FieldName) -> Field:
        """Return the field of that name.

        Raises:
            KeyError: there is none, which is a bug of the caller.
        """
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)
