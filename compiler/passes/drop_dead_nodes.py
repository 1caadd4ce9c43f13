"""Drop routes that are never taken, and the nodes that only they lead to.

a: if false -> b, else -> c        a: else -> c
b: -> c                            c: -> END
c: -> END
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.expr import constant_value
from compiler.ir.exits import Case, Choice, Exit
from compiler.ir.workflow import Workflow
from compiler.passes.analysis import Analysis
from compiler.passes.merge_order import merge_order
from compiler.passes.report import Report
from compiler.passes.words import join_names
from compiler.record import replace


def drop_dead_nodes(analysis: Analysis) -> tuple[Workflow, tuple[Report, ...]]:
    """Return the workflow without what no run reaches; unchanged if that would reorder merges."""
    workflow = analysis.workflow
    entry = _prune(workflow.entry)
    exits = [_prune(node.exit) for node in workflow.nodes]
    if entry is workflow.entry and all(
        exit is node.exit for node, exit in zip(workflow.nodes, exits, strict=True)
    ):
        return workflow, ()
    nodes = [replace(node, exit=exit) for node, exit in zip(workflow.nodes, exits, strict=True)]
    pruned = replace(workflow, entry=entry, nodes=tuple(nodes))
    left = Analysis(pruned)
    alive = left.graph.reachable | left.called
    dead = [node.id for node in workflow.nodes if node.id not in alive]
    pruned = replace(pruned, nodes=tuple(n for n in pruned.nodes if n.id in alive))
    after = Analysis(pruned)
    if not after.is_sound or merge_order(analysis, alive) != merge_order(after, alive):
        return workflow, ()
    reports = []
    if dead:
        does = "is" if len(dead) == 1 else "are"
        reports.append(Report(f"{join_names(dead)} {does} left out: no run gets there", (*dead,)))
    return pruned, tuple(reports)


def _prune(exit: Exit) -> Exit:
    """Return an exit without the cases that are never taken; the same one when there are none."""
    if not isinstance(exit, Choice):
        return exit
    cases = (*_taken(exit),)
    return exit if len(cases) == len(exit.cases) else replace(exit, cases=cases)


def _taken(choice: Choice) -> Iterator[Case]:
    """Yield the cases that can be taken; all of them when that would leave none."""
    kept: list[Case] = []
    for case in choice.cases:
        value = None if case.condition is None else constant_value(case.condition.ast)
        if value is False:
            continue
        kept.append(case)
        if case.bound is None and (case.condition is None or value is True):
            break
    yield from kept or choice.cases
