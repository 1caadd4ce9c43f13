"""How many model calls a run makes and what they cost, before any run: from the workflow alone."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from compiler.ir.names import NodeId
from compiler.ir.uses import models_used
from compiler.passes.amounts import NOTHING, Amount, Range
from compiler.passes.analysis import Analysis
from compiler.passes.levels import RawWay, make_levels
from compiler.passes.node_amounts import NodeAmounts
from compiler.passes.prices import find_price
from compiler.passes.run_amount import sum_run
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run takes, and the models (LiteLLM's names) that nobody knows the price of."""

    amount: Amount
    unpriced: tuple[str, ...]


def estimate(analysis: Analysis) -> Estimate:
    """Estimate a run of a workflow with a sound graph, its sub-workflows included."""
    inner = {key: estimate(child) for key, child in analysis.children.items() if child.is_sound}
    children = {key: each.amount for key, each in inner.items()}
    each_takes = NodeAmounts(analysis, children)
    amounts = {node.id: each_takes.of(node) for node in analysis.workflow.nodes}
    unpriced = dict.fromkeys(_unpriced(analysis))
    for each in inner.values():
        unpriced.update(dict.fromkeys(each.unpriced))
    if all(amount == NOTHING for amount in amounts.values()):
        return Estimate(NOTHING, tuple(unpriced))
    ways = {
        node: tuple(RawWay(each.targets, each.bound) for each in alternatives)
        for node, alternatives in analysis.alternatives.items()
    }
    levels = make_levels(analysis.graph, analysis.loops, ways)
    run = sum_run(levels, amounts, lambda header: _bound(analysis, header))
    most = analysis.workflow.config.execution.max_steps
    if most is not None:
        run = _capped(run, amounts.values(), most)
    return Estimate(run, tuple(unpriced))


def _capped(run: Amount, nodes: Iterable[Amount], most: int) -> Amount:
    """No run takes more than its dearest node does, `most` times."""
    dearest = NOTHING
    for amount in nodes:
        dearest = dearest.either(amount)
    limit = dearest.times(Range(most, most))
    return Amount(
        *(
            Range(mine.low, min(mine.high, cap.high))
            for mine, cap in (
                (run.calls, limit.calls),
                (run.input, limit.input),
                (run.output, limit.output),
                (run.cost, limit.cost),
            )
        )
    )


def _bound(analysis: Analysis, header: NodeId) -> float:
    """A body without a bound of its own has a node that runs in each iteration, so `max_steps` bounds it."""
    bound = analysis.loops.loops[header].bound
    most = analysis.workflow.config.execution.max_steps
    return min(bound or inf, most or inf)


def _unpriced(analysis: Analysis) -> list[str]:
    used = {name for node in analysis.workflow.nodes for name in models_used(node)}
    return [
        model.model
        for model in analysis.workflow.models
        if model.name in used and find_price(model) is None
    ]
