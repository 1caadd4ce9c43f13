"""`config`: defaults and limits of runs, tracing, storage, permissions."""

from typing import Literal

from compiler.spec.base import Field, Spec
from compiler.spec.evals import AbTestSpec, GatesSpec
from compiler.spec.memory import MemorySpec
from compiler.spec.models import Llm

LogLevel = Literal[
    "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "debug", "info", "warning", "error", "critical"
]


class BudgetSpec(Spec):
    """Limits of one run; a run that would pass one ends with an error, state kept."""

    max_cost_usd: float | None = Field(
        default=None, gt=0, description="Most US dollars a run may cost."
    )
    max_llm_calls: int | None = Field(default=None, ge=1, description="Most model calls of a run.")
    max_tokens: int | None = Field(
        default=None, ge=1, description="Most tokens, in and out, of a run."
    )


class ExecutionSpec(Spec):
    """How runs are executed."""

    timeout: float | None = Field(default=None, gt=0, description="Seconds a run may take.")
    max_retries: int | None = Field(
        default=None, ge=0, description="How often a failed model call is repeated (default 2)."
    )
    max_concurrency: int | None = Field(
        default=None, ge=1, description="How many model calls run at the same time at most."
    )
    max_steps: int | None = Field(
        default=None, ge=1, description="How many node runs a run may have; bounds every cycle."
    )
    budget: BudgetSpec | None = Field(default=None, description="Limits on cost, calls and tokens.")
    checkpoint: Literal["none", "sqlite", "postgres", "redis"] | None = Field(
        default=None,
        description="Where a run's progress is kept, so that it can be resumed. Default: nowhere; in a workflow that asks a person, the database of `storage.backend`.",
    )
    engine: Literal["inprocess", "dbos", "temporal"] | None = Field(
        default=None,
        description="Where runs wait for workers: nowhere (`inprocess`, default), or in the queue of DBOS or Temporal.",
    )
    requests_per_minute: dict[str, float] | None = Field(
        default=None,
        description="Most requests a minute to a provider: `{openai: 500}`; all workers share the bound.",
    )


class MlflowSpec(Spec):
    """Tracing with MLflow."""

    at_most_one = ("experiment_name", "experiment")

    enabled: bool | None = Field(default=None, description="Whether runs are traced.")
    tracking_uri: str | None = Field(
        default=None, description="Where traces go (default `sqlite:///mlflow.db`)."
    )
    experiment_name: str | None = Field(
        default=None, description="Experiment that groups the runs (default: the workflow's name)."
    )
    experiment: str | None = Field(default=None, description="The same as `experiment_name`.")
    run_name: str | None = Field(default=None, description="Name of a run.")
    log_prompts: bool | None = Field(
        default=None, description="Whether prompts and answers are stored."
    )
    log_artifacts: bool | None = Field(
        default=None,
        description="Whether results become files of the run in MLflow (default true).",
    )
    artifact_level: Literal["minimal", "standard", "full"] | None = Field(
        default=None,
        description="`minimal`: the final state; `standard` (default): also what nodes wrote; `full`: also prompts and the workflow file.",
    )
    async_logging: bool | None = Field(
        default=None, description="`false`: a run waits, at most 10 s, until it is delivered."
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        description="Days after which this workflow's traces and runs are deleted.",
    )
    redact_pii: bool | None = Field(
        default=None,
        description="Whether e-mail addresses, phone and card numbers are blanked out.",
    )


class LoggingSpec(Spec):
    """The log of the generated program."""

    level: LogLevel | None = Field(default=None, description="Least level that is logged.")


class ObservabilitySpec(Spec):
    """What can be seen of runs."""

    mlflow: MlflowSpec | None = Field(default=None, description="Tracing with MLflow.")
    logging: LoggingSpec | None = Field(default=None, description="The program's log.")


class StorageSpec(Spec):
    """Where checkpoints and memory live."""

    backend: str | None = Field(
        default=None,
        description="`sqlite` (default), `postgresql://…` or `redis://…`.",
    )
    path: str | None = Field(default=None, description="File of the SQLite database.")


class PermissionsSpec(Spec):
    """What the workflow may do; checked when compiling and enforced when running."""

    network: bool | list[str] | None = Field(
        default=None, description="`false`: no network; a list: only these hosts."
    )
    files: list[str] | None = Field(
        default=None, description="Folders that may be read and written; `[]`: none."
    )
    tools: list[str] | None = Field(default=None, description="The only tools that may be used.")
    sandbox: Literal["python", "docker"] | None = Field(
        default=None, description="The sandbox that all code must run in."
    )


class ConfigSpec(Spec):
    """The `config` section."""

    llm: Llm | None = Field(
        default=None,
        description="The model of nodes that name none: settings, or a name from `models`.",
    )
    execution: ExecutionSpec | None = Field(default=None, description="Limits and engine of runs.")
    observability: ObservabilitySpec | None = Field(
        default=None, description="Tracing and logging."
    )
    storage: StorageSpec | None = Field(
        default=None, description="Where checkpoints and memory live."
    )
    mlflow: MlflowSpec | None = Field(
        default=None, description="Tracing with MLflow; `observability.mlflow` is the longer way."
    )
    memory: MemorySpec | None = Field(default=None, description="The same as top-level `memory`.")
    permissions: PermissionsSpec | None = Field(
        default=None, description="What the workflow may do."
    )
    ab_test: AbTestSpec | None = Field(default=None, description="Prompt variants to compare.")
    gates: GatesSpec | None = Field(default=None, description="Thresholds that runs must keep.")
