"""`edges`: how the flow goes on from node to node."""

from typing import Annotated, Literal

from compiler.spec.base import Field, Spec
from compiler.spec.chain import ChainStep
from compiler.spec.forms import Ready


class ConditionSpec(Spec):
    """A condition in its long form."""

    logic: str = Field(description="An expression over the state, or `default`.")


class RouteSpec(Spec):
    """One way out of a choice."""

    condition: str | ConditionSpec = Field(
        description="An expression over the state, or `default`; the first route that holds is taken."
    )
    to: str = Field(description="The node to go to, or `END`.")
    max_iterations: int | None = Field(
        default=None, ge=1, description="How often the loop this route closes may run, per entry."
    )
    on_exhausted: str | None = Field(
        default=None, description="Where to go instead when `max_iterations` is used up."
    )

    @property
    def logic(self) -> str:
        """The text of the condition, from either form."""
        return self.condition if isinstance(self.condition, str) else self.condition.logic


class LoopSpec(Spec):
    """Go back until a condition holds; exactly one of `condition_field` and `until`."""

    exactly_one = ("condition_field", "until")

    condition_field: str | None = Field(
        default=None, description="A `bool` field; the loop ends when it is true."
    )
    until: str | None = Field(
        default=None, description="An expression; the loop ends when it is true."
    )
    max_iterations: int | None = Field(
        default=None, ge=1, description="How often the loop runs at most (default 10)."
    )
    to: str | None = Field(
        default=None, description="The node to go back to (default: the edge's `from`)."
    )
    exit_to: str | None = Field(
        default=None, description="Where to go when the loop ends (default `END`)."
    )
    exhausted_field: str | None = Field(
        default=None,
        description="A `bool` field that says whether the loop ended because its rounds were used up.",
    )


class ParallelSpec(Spec):
    """Run the target once per item of a list."""

    items_field: str = Field(description="The list field with the items.")
    target_node: str = Field(description="The node that runs once per item.")
    collect_field: str | None = Field(
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


class EdgeSpec(Spec):
    """An edge: `from`, and exactly one of `to`, `routes`, `loop`, `parallel`."""

    exactly_one = ("to", "routes", "loop", "parallel")

    from_: str = Field(alias="from", description="The node the edge leaves, or `START`.")
    to: str | list[str] | None = Field(
        default=None,
        description="The next node, or a list of nodes that all run; `END` ends the run.",
    )
    routes: list[RouteSpec] | None = Field(
        default=None, min_length=1, description="Conditions and targets; exactly one is taken."
    )
    loop: LoopSpec | None = Field(default=None, description="Go back until a condition holds.")
    parallel: ParallelSpec | None = Field(
        default=None, description="Run a node once per item of a list (a map)."
    )


class ChainSpec(Spec):
    """An edge in shorthand, checked: `START -> a -> [b, c] -> END`."""

    text: str = Field(description="The chain as it was written.")

    _steps: tuple[ChainStep, ...] = ()

    @property
    def steps(self) -> tuple[ChainStep, ...]:
        """The names between the arrows; offsets count from the start of `text`."""
        return self._steps


ChainText = Annotated[
    ChainSpec,
    Ready("A chain of nodes: `START -> a -> [b, c] -> d -> END`."),
]
