# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Limits on the calls, tokens and money that one run may spend on models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .errors import BudgetExceeded
from .events import ModelCalled, Warned
from .run import Spent, current_node, emit

__all__ = ["Budget"]

FIRST_OUTPUT = 200  # tokens expected of a model that has not answered in this run yet


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of each run; None: no limit.

    `max_llm_calls` is exact: a call that would go over it never starts. Tokens and cost are
    known only after a call, so a call starts if what was spent, what running calls are expected
    to take and what it is expected to take itself stay within the limit. Expected are a quarter
    of the prompt's characters and the longest answer of that model so far, as tokens; so the
    limit can be passed only by what answers are longer than expected. Retries and fallbacks of
    a call count as one call; answers from a cache do not count; a saved run that is continued
    goes on with what it had spent; a model without a known price
    costs nothing, which is warned of once.
    """

    max_cost_usd: float | None = None
    max_llm_calls: int | None = None
    max_tokens: int | None = None

    def start(self) -> "Ledger":
        """Return the counter of a new run."""
        return Ledger(self)


@dataclass(slots=True)
class Ledger:
    """What one run has spent and what its running calls are expected to take."""

    limits: Budget
    calls: int = 0
    tokens: int = 0
    cost: float = 0.0
    _longest: dict[str, int] = field(default_factory=dict)
    _unpriced: set[str] = field(default_factory=set)

    def reserve(
        self, model: str, input_tokens: int, price: Callable[[int, int], float | None]
    ) -> "Reserved":
        """Set aside one call to a model; raise BudgetExceeded when it does not fit any more."""
        output_tokens = self._longest.get(model, FIRST_OUTPUT)
        tokens = input_tokens + output_tokens
        cost = 0.0
        if self.limits.max_cost_usd is not None:
            known = price(input_tokens, output_tokens)
            if known is None and model not in self._unpriced:
                self._unpriced.add(model)
                emit(Warned(f"the price of `{model}` is not known: it does not count as cost"))
            cost = known or 0.0
        self._check("max_llm_calls", self.limits.max_llm_calls, self.calls, 1, "")
        self._check("max_tokens", self.limits.max_tokens, self.tokens, tokens, " tokens")
        self._check("max_cost_usd", self.limits.max_cost_usd, self.cost, cost, " USD")
        self.calls += 1
        self.tokens += tokens
        self.cost += cost
        return Reserved(self, tokens, cost)

    def restore(self, spent: Sequence[Spent]) -> None:
        """Count what the run had spent before it was continued."""
        for each in spent:
            self.calls += each.calls
            self.tokens += each.tokens
            self.cost += each.cost
            self._longest[each.model] = max(self._longest.get(each.model, 0), each.longest)

    def _check(self, name: str, limit: float | None, spent: float, more: float, unit: str) -> None:
        if limit is None or spent + more <= limit:
            return
        raise BudgetExceeded(
            f"the next model call would exceed `{name}` of {limit:g}: "
            f"{spent:g}{unit} spent, {more:g}{unit} expected",
            node=current_node(),
        )

    def count(self, call: ModelCalled) -> None:
        """Note how long the answers of a model are."""
        self._longest[call.model] = max(self._longest.get(call.model, 0), call.output_tokens)


@dataclass(slots=True)
class Reserved:
    """What is set aside for one call."""

    ledger: Ledger
    tokens: int
    cost: float

    def settle(self, call: ModelCalled) -> None:
        """Put what the call took in place of what was expected."""
        self.ledger.tokens += call.input_tokens + call.output_tokens - self.tokens
        self.ledger.cost += (call.cost or 0.0) - self.cost
        self.ledger.count(call)

    def release(self) -> None:
        """Give everything back: the call failed."""
        self.ledger.calls -= 1
        self.ledger.tokens -= self.tokens
        self.ledger.cost -= self.cost
