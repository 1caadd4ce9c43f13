"""Say what a run costs before it runs, and hold it against the budget.

write -> review; review: if ok -> END, else -> write max 3
AC610: between 2 and 6 calls, 0.0004 to 0.0191 USD
budget: {max_llm_calls: 1}     AC606: even the shortest run makes 2 calls
budget: {max_llm_calls: 4}     AC607: the longest run makes 6 calls
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.ir.uses import models_used
from compiler.ir.workflow import Workflow
from compiler.passes.amounts import Amount, Range
from compiler.passes.analysis import Analysis
from compiler.passes.estimate import estimate
from compiler.passes.prices import find_price, is_local

_SMALLEST = 0.0001
"""USD; less is not worth a digit."""


def check_cost(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC602, AC606, AC607 and AC610; a workflow without model calls costs nothing to say."""
    _check_prices(analysis, sink)
    if not analysis.is_root:
        return analysis.workflow
    found = estimate(analysis)
    if found.amount.calls.high:
        _check_budget(analysis.workflow, found.amount, sink)
        estimated = show_estimate(found.amount, found.unpriced)
        sink.report("AC610", analysis.workflow.span, f"a run makes {estimated}")
    return analysis.workflow


def show_estimate(amount: Amount, unpriced: tuple[str, ...]) -> str:
    """Write an estimate: `between 2 and 7 model calls, 0.0004 to 0.0191 USD; a/b is unpriced`."""
    parts = [_calls(amount.calls), *_money(amount.cost)]
    text = ", ".join(parts)
    if unpriced:
        text += f"; {', '.join(unpriced)} {'is' if len(unpriced) == 1 else 'are'} unpriced"
    return text


def _calls(calls: Range) -> str:
    if calls.high == inf:
        return f"{calls.low:.0f} or more model calls"
    if calls.low == calls.high:
        return f"{calls.low:.0f} model call{'' if calls.low == 1 else 's'}"
    return f"between {calls.low:.0f} and {calls.high:.0f} model calls"


def _money(cost: Range) -> Iterator[str]:
    """Four decimals; an end that says nothing is left out."""
    if cost.high == inf:
        if cost.low >= _SMALLEST:
            yield f"{cost.low:.4f} USD or more"
    elif cost.high >= _SMALLEST:
        low = f"{cost.low:.4f}" if cost.low >= _SMALLEST else "0"
        yield f"{low} to {cost.high:.4f} USD"
    elif cost.high:
        yield f"less than {_SMALLEST} USD"


def _check_prices(analysis: Analysis, sink: Sink) -> None:
    """A model on the user's own machines has no price, and that is no news."""
    used = {name for node in analysis.workflow.nodes for name in models_used(node)}
    for model in analysis.workflow.models:
        if model.name in used and not is_local(model) and find_price(model) is None:
            sink.report(
                "AC602",
                model.span,
                f"no price is known for `{model.model}`, so it counts as free",
                help="give `input_cost_per_token` and `output_cost_per_token` in USD",
            )


def _check_budget(workflow: Workflow, amount: Amount, sink: Sink) -> None:
    budget = workflow.config.execution.budget
    tokens = amount.input.plus(amount.output)
    for key, limit, range, unit in (
        ("max_llm_calls", budget.max_llm_calls, amount.calls, "model calls"),
        ("max_tokens", budget.max_tokens, tokens, "tokens"),
        ("max_cost_usd", budget.max_cost_usd, amount.cost, "USD"),
    ):
        if limit is None:
            continue
        span = _budget_span(workflow, key)
        if range.low > limit:
            sink.report(
                "AC606",
                span,
                f"`{key}` is {limit}, but even the shortest run takes {_number(range.low)} {unit}",
                help=(
                    f"raise it to {_number(range.high)}"
                    if range.high < inf
                    else f"raise it above {_number(range.low)}"
                ),
            )
        elif limit < range.high < inf:
            sink.report(
                "AC607",
                span,
                f"`{key}` is {limit}, but the longest run may take {_number(range.high)} {unit}",
                notes=("such a run ends with a typed error, its state kept",),
            )


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2g}"


def _budget_span(workflow: Workflow, key: str) -> Span:
    """Where the limit stands in the file; the settings of the IR keep no places."""
    source = workflow.span.source
    found = re.search(rf"^(?:.*[\s{{,])?({key})\s*:", source.text, re.MULTILINE)
    return workflow.span if found is None else Span(source, found.start(1), found.end(1))
