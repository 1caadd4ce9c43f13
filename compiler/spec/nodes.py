"""What nodes of all kinds share."""

from typing import Literal

from compiler.spec.base import Data, Field, Spec
from compiler.spec.evals import NodeOptimizeSpec
from compiler.spec.fields import OutputSchemaSpec
from compiler.spec.memory import NodeMemorySpec
from compiler.spec.models import CacheSpec, Llm, RetrySpec
from compiler.syntax import Path


class ErrorActionSpec(Spec):
    """What to do about an error: exactly one of `goto`, `set`, `action`."""

    exactly_one = ("goto", "set", "action")

    match: str | None = Field(
        default=None, description="Only for this error kind; all when left out."
    )
    goto: str | None = Field(
        default=None, description="Go on at this node; it can read `{error.message}`."
    )
    set: dict[str, Data] | None = Field(
        default=None, description="Write these values and go on: state field -> value."
    )
    action: Literal["fail", "continue"] | None = Field(
        default=None, description="`fail`: the run fails; `continue`: go on without outputs."
    )


ErrorWord = Literal["fail", "continue"]
OnError = ErrorWord | ErrorActionSpec | list[ErrorWord | ErrorActionSpec]


class ForeachSpec(Spec):
    """Run the node once per item of a list."""

    in_: str = Field(alias="in", description="The list: `state.topics` or an expression.")
    as_: str | None = Field(
        default=None, alias="as", description="Name of the item in the node (default `item`)."
    )
    collect: str | None = Field(
        default=None, description="The list field that receives the results in item order."
    )
    max_concurrency: int | None = Field(
        default=None, ge=1, description="How many items run at the same time at most."
    )
    on_error: Literal["fail", "skip"] | None = Field(
        default=None, description="`skip` leaves failed items out; `fail` (default) fails the node."
    )
    errors: str | None = Field(
        default=None, description="The field that lists `{index, kind, message}` of skipped items."
    )


class ResourcesSpec(Spec):
    """Limits of a sandbox, instead of the preset's."""

    cpu: float | None = Field(default=None, gt=0, description="Cores.")
    memory: int | str | None = Field(default=None, description="Memory: MiB, or `512m`, `2g`.")
    timeout: float | None = Field(default=None, gt=0, description="Seconds.")


class SandboxSpec(Spec):
    """Where code runs and what it may use."""

    mode: Literal["python", "docker"] | None = Field(
        default=None, description="`python` (default): restricted Python; `docker`: a container."
    )
    enabled: bool | None = Field(
        default=None,
        description="Whether code is confined (default true); `false`: it may do what the program may.",
    )
    network: bool | dict[str, Data] | None = Field(
        default=None, description="Whether code may use the network (default false)."
    )
    preset: Literal["low", "medium", "high", "max"] | None = Field(
        default=None, description="Limits on cpu, memory and time (default `medium`)."
    )
    resources: ResourcesSpec | None = Field(
        default=None, description="Limits instead of the preset's."
    )
    timeout: float | None = Field(default=None, gt=0, description="Seconds code may run.")


class RunLabelSpec(Spec):
    """How the node's runs are filed in MLflow."""

    experiment: str | None = Field(default=None, description="Experiment that groups the runs.")
    run_name: str | None = Field(default=None, description="Name of a run.")


class CommonNodeSpec(Spec):
    """Keys of every node."""

    id: str = Field(description="Name of the node: a Python identifier, unique in the file.")
    name: str | None = Field(default=None, description="Name for people.")
    description: str | None = Field(default=None, description="What the node does.")
    inputs: dict[str, Data] | None = Field(
        default=None,
        description='Local name -> value: `"{state.topic}"`, `state.topic`, `topic` or an expression.',
    )
    output_schema: OutputSchemaSpec | None = Field(
        default=None, description="The answer's type; derived from the state fields when left out."
    )
    llm: Llm | None = Field(
        default=None, description="The model: settings, or a name from `models`."
    )
    memory: NodeMemorySpec | None = Field(default=None, description="What the node remembers.")
    timeout: float | None = Field(default=None, gt=0, description="Seconds the node may take.")
    retry: RetrySpec | None = Field(default=None, description="How failed attempts are repeated.")
    on_error: OnError | None = Field(
        default=None,
        description="After the last attempt: `fail` (default), `continue`, `{goto: node}`, "
        "`{set: {field: value}}`, or a list with `match`, tried in order.",
    )
    cache: CacheSpec | None = Field(default=None, description="How long results are reused.")
    when: str | None = Field(
        default=None,
        description="An expression; when false the node does nothing and the flow goes on.",
    )
    foreach: ForeachSpec | None = Field(
        default=None, description="Run the node once per item of a list (a map)."
    )
    sandbox: SandboxSpec | None = Field(
        default=None, description="Where code runs and what it may use."
    )
    order: Literal["strict"] | None = Field(
        default=None, description="`strict`: the optimizer may not move this node."
    )
    log_prompts: bool | None = Field(
        default=None, description="Whether what it is asked and answers is traced."
    )
    log_artifacts: bool | None = Field(
        default=None, description="Whether its results become files of the run in MLflow."
    )
    mlflow: RunLabelSpec | None = Field(
        default=None, description="Makes each execution a run of its own in MLflow."
    )
    optimize: bool | NodeOptimizeSpec | None = Field(
        default=None, description="Whether and how its prompt may be optimized."
    )

    _keyed: bool = False

    @property
    def id_at(self) -> Path:
        """Where the id stands: a value, or in the mapping form of `nodes` a key (see `is_keyed`)."""
        return self._at if self._keyed else (*self._at, "id")

    @property
    def is_keyed(self) -> bool:
        """Whether the id is the node's key in a mapping: its place is `key_span_at(tree, id_at)`."""
        return self._keyed
