"""Tries the ways through a part of the graph one by one, where that is few enough to do.

The data flow of `assigned` looks at one node at a time and can miss that two facts go together:

    START -> [a, b];  a: writes x; if … -> b, else -> d;  b: -> d, on_error END;  d: reads x

Whenever `d` runs, it has come from `a` or from a `b` that came after `a`, or `a` went to `d` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from compiler.ir.names import NodeId
from compiler.passes.alternatives import Alternative
from compiler.passes.analysis import Analysis

_MOST_WAYS = 1024


def find_common(
    analysis: Analysis,
    nodes: Sequence[NodeId],
    below: NodeId,
    after: Callable[[NodeId, Alternative], int],
) -> int | None:
    """Return what is set in `below` in every run that gets there; None when there are too many ways.

    `nodes` are those between `below` and its dominator, the dominator first, in topological order. `after`
    gives what is surely set when a node has taken an alternative, a bit per field.
    """
    inside = {*nodes, below}
    ways = [_ways_on(analysis, node, inside, below) for node in nodes]
    if prod(map(len, ways)) > _MOST_WAYS:
        return None
    common = -1
    for chosen in product(*ways):
        seen: dict[NodeId, int] = {nodes[0]: 0}
        for node, alternative in zip(nodes, chosen, strict=True):
            if node not in seen or alternative is None:
                continue
            mask = seen[node] | after(node, alternative)
            for target in alternative.targets:
                if target in inside and not analysis.goes_back(node, target):
                    seen[target] = seen.get(target, 0) | mask
        if below in seen:
            common &= seen[below]
    return common


def _ways_on(
    analysis: Analysis, node: NodeId, inside: set[NodeId], below: NodeId
) -> list[Alternative | None]:
    """The alternatives that matter; None stands for all that lead away.

    A way round a loop that `below` is not in is no way: the loop is left some time.
    """
    found: dict[Alternative | None, None] = {}
    for each in analysis.alternatives[node]:
        if any(t in inside and not analysis.goes_back(node, t) for t in each.targets):
            found[each] = None
        elif not analysis.comes_again(node, each, below):
            found[None] = None
    return [*found]
