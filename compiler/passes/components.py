"""Strongly connected parts of a graph: nodes that reach each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from compiler.ir.names import NodeId


def find_components(
    nodes: Collection[NodeId], successors: Callable[[NodeId], Iterable[NodeId]]
) -> tuple[tuple[NodeId, ...], ...]:
    """Split `nodes` into strongly connected components, each after those it leads to.

    After Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion. Successors
    outside of `nodes` are ignored.
    """
    index: dict[NodeId, int] = {}
    low: dict[NodeId, int] = {}
    path: list[NodeId] = []
    open_nodes: set[NodeId] = set()
    found: list[tuple[NodeId, ...]] = []
    for root in nodes:
        if root in index:
            continue
        stack = [(root, iter([*successors(root)]))]
        index[root] = low[root] = len(index)
        path.append(root)
        open_nodes.add(root)
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target not in nodes:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    path.append(target)
                    open_nodes.add(target)
                    stack.append((target, iter([*successors(target)])))
                    break
                if target in open_nodes:
                    low[node] = min(low[node], index[target])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == index[node]:
                    start = _last_index(path, node)
                    component = tuple(path[start:])
                    del path[start:]
                    open_nodes.difference_update(component)
                    found.append(component)
    return tuple(found)


def _last_index(path: list[NodeId], node: NodeId) -> int:
    """The place of `node`, looked for from the end: what lies above it is what is cut off."""
    at = len(path) - 1
    while path[at] != node:
        at -= 1
    return at


def find_path(
    source: NodeId,
    target: NodeId,
    successors: Callable[[NodeId], Iterable[NodeId]],
) -> tuple[NodeId, ...] | None:
    """Return a shortest path of at least one edge, both ends included; None when there is none."""
    before: dict[NodeId, NodeId] = {}
    level = [source]
    while level:
        below: list[NodeId] = []
        for node in level:
            for after in successors(node):
                if after in before:
                    continue
                before[after] = node
                if after == target:
                    return _walk_back(before, source, target)
                below.append(after)
        level = below
    return None


def _walk_back(before: dict[NodeId, NodeId], source: NodeId, target: NodeId) -> tuple[NodeId, ...]:
    path = [target, before[target]]
    while path[-1] != source:
        path.append(before[path[-1]])
    return tuple(reversed(path))
