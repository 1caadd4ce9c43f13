"""`evals`, `optimization`, `config.ab_test`, `config.gates`: how good the workflow is, and making it better."""

from typing import Literal

from compiler.spec.base import Data, Field, Spec, Text
from compiler.spec.models import Llm

ScorerType = Literal["exact", "contains", "matches", "expression", "judge", "function"]


class RowSpec(Spec):
    """One example of a dataset."""

    inputs: dict[str, Data] = Field(description="Inputs of the run: state field -> value.")
    expected: dict[str, Data] | None = Field(
        default=None, description="What the final state should hold: state field -> value."
    )


class ScorerSpec(Spec):
    """How one run is judged; the score is a number from 0 to 1."""

    type: ScorerType = Field(
        description="`exact` and `contains` compare with `expected`, `matches` tries a pattern, `expression` "
        "computes, `judge` asks a model, `function` calls your Python."
    )
    name: str | None = Field(
        default=None, description="Name of the metric (default: type and field)."
    )
    field: str | None = Field(
        default=None, description="The state field that is judged (default: every expected one)."
    )
    pattern: str | None = Field(default=None, description="`matches`: a regular expression.")
    expression: str | None = Field(
        default=None, description="`expression`: true, false or a number from 0 to 1."
    )
    prompt: Text | None = Field(
        default=None, description="`judge`: what the model is asked; may hold `{references}`."
    )
    llm: Llm | None = Field(default=None, description="`judge`: the model that judges.")
    function: str | None = Field(
        default=None,
        description="`function`: `./scorers.py:name`, called with `state` and `expected`.",
    )
    min: float | None = Field(
        default=None, ge=0, le=1, description="The evaluation fails when the mean is lower."
    )


class EvalSpec(Spec):
    """A dataset and what is measured on it."""

    dataset: str | list[RowSpec] = Field(
        description="A `.jsonl`, `.json`, `.yaml` or `.csv` file of rows, or the rows themselves."
    )
    scorers: list[ScorerType | ScorerSpec] = Field(
        min_length=1, description="What is measured: `exact`, `contains`, or settings."
    )
    description: str | None = Field(default=None, description="What the evaluation is for.")


class OptimizationSpec(Spec):
    """How `agentc optimize` improves prompts."""

    enabled: bool | None = Field(default=None, description="Whether prompts may be optimized.")
    strategy: str | None = Field(default=None, description="Name of the optimizer.")
    metric: str | None = Field(default=None, description="The metric to raise: a scorer's name.")
    max_demos: int | None = Field(
        default=None, ge=1, description="How many examples may be put into a prompt."
    )
    eval: str | None = Field(
        default=None, description="The entry of `evals` to measure with (default: the only one)."
    )
    nodes: list[str] | None = Field(
        default=None, description="Nodes whose prompts may change (default: all with `optimize`)."
    )


class NodeOptimizeSpec(Spec):
    """How the prompt of one node is optimized."""

    enabled: bool | None = Field(default=None, description="Whether this prompt may be optimized.")
    strategy: str | None = Field(default=None, description="Name of the optimizer.")
    metric: str | None = Field(default=None, description="The metric to raise.")
    max_demos: int | None = Field(
        default=None, ge=1, description="How many examples may be put into the prompt."
    )


class VariantSpec(Spec):
    """One variant of an A/B test."""

    name: str = Field(description="Name of the variant.")
    prompt: Text = Field(description="The prompt to use instead.")
    node_id: str | None = Field(
        default=None, description="The node whose prompt is replaced (default: the first)."
    )
    config_overrides: dict[str, Data] | None = Field(
        default=None, description="Keys of `config` to use instead."
    )


class AbTestSpec(Spec):
    """Prompt variants that are run and compared."""

    enabled: bool | None = Field(default=None, description="Whether the test is on.")
    experiment: str = Field(description="MLflow experiment for the results.")
    run_count: int | None = Field(default=None, ge=1, description="Runs per variant (default 3).")
    parallel: bool | None = Field(
        default=None, description="Whether variants run at the same time (default true)."
    )
    variants: list[VariantSpec] = Field(min_length=1, description="The variants.")


class GateSpec(Spec):
    """One threshold: `max`, `min` or both."""

    at_least_one = ("max", "min")

    metric: str = Field(
        description="What is compared, such as `cost_usd`, `duration_ms` or a scorer's name."
    )
    max: float | None = Field(default=None, description="Highest value that is fine.")
    min: float | None = Field(default=None, description="Lowest value that is fine.")


class GatesSpec(Spec):
    """Thresholds, and what happens when one is missed."""

    gates: list[GateSpec] = Field(description="The thresholds.")
    on_fail: Literal["warn", "fail", "block_deploy"] | None = Field(
        default=None, description="`warn` (default), `fail` the command, or `block_deploy`."
    )
