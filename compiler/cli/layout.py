"""Places the boxes of a graph in layers, so that edges run from top to bottom and cross seldom.

The steps of Sugiyama, Tagawa and Toda (1981): edges that go back are turned round for the time being, each
box goes below all that lead to it, edges that pass layers get an unseen stop in each, and the order inside
the layers is improved by sweeps that sort by the mean place of the neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from compiler.record import dataclass

Point: TypeAlias = tuple[float, float]

_SWEEPS: Final = 8
_GAP_X: Final = 36.0
_GAP_Y: Final = 56.0
_STOP: Final = 12.0
"""The width that an edge takes where it passes a layer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes, in the units of the sizes: box centres, the points of each edge, the whole.

    The points of an edge that goes back run from its source up to its target.
    """

    boxes: Mapping[str, Point]
    lines: tuple[tuple[Point, ...], ...]
    width: float
    height: float


def lay_out(sizes: Mapping[str, tuple[float, float]], edges: Sequence[tuple[str, str]]) -> Layout:
    """Place boxes of the given (width, height), in the order of their first mention where all else is equal.

    An edge from a box to itself gets no points: whoever draws it knows the box.
    """
    forward = _turn_back_edges(list(sizes), edges)
    layer = _layers(list(sizes), forward)
    chains = [_chain(number, edge, layer) for number, edge in enumerate(forward)]
    rows = _rows(sizes, chains, layer)
    neighbours = _neighbours(chains)
    for sweep in range(_SWEEPS):
        _sweep(rows, neighbours, down=sweep % 2 == 0)
    return _place(sizes, edges, forward, chains, rows, neighbours)


def _turn_back_edges(
    boxes: Sequence[str], edges: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the edges with those turned round that close a cycle in a depth-first walk."""
    out: dict[str, list[int]] = {box: [] for box in boxes}
    for at, (source, _) in enumerate(edges):
        out[source].append(at)
    turned = list(edges)
    state = dict.fromkeys(boxes, 0)
    for root in boxes:
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            box, rest = stack[-1]
            number = next(rest, -1)
            if number < 0:
                state[box] = 2
                stack.pop()
                continue
            target = edges[number][1]
            if state[target] == 1:
                turned[number] = (target, box)
            elif state[target] == 0:
                state[target] = 1
                stack.append((target, iter(out[target])))
    return turned


def _layers(boxes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the longest way from a box without predecessors, for each box."""
    out: dict[str, list[str]] = {box: [] for box in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for source, target in edges:
        if source != target:
            out[source].append(target)
            waiting[target] += 1
    layer = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if not waiting[box]]
    for box in ready:
        for target in out[box]:
            layer[target] = max(layer[target], layer[box] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return layer


def _chain(number: int, edge: tuple[str, str], layer: Mapping[str, int]) -> list[str]:
    """Return the ends of an edge with its stops between them; a stop's name can be no box's."""
    source, target = edge
    stops = [f"\0{number}/{level}" for level in range(layer[source] + 1, layer[target])]
    return [source, *stops, target]


def _rows(
    sizes: Mapping[str, object], chains: Sequence[Sequence[str]], layer: Mapping[str, int]
) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for box in sizes:
        rows[layer[box]].append(box)
    for chain in chains:
        for offset, stop in enumerate(chain[1:-1], 1):
            rows[layer[chain[0]] + offset].append(stop)
    return rows


def _neighbours(chains: Sequence[Sequence[str]]) -> dict[str, tuple[list[str], list[str]]]:
    """Return for each box and stop those above and those below it."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            if upper != lower:
                found.setdefault(lower, ([], []))[0].append(upper)
                found.setdefault(upper, ([], []))[1].append(lower)
    return found


def _sweep(
    rows: list[list[str]],
    neighbours: Mapping[str, tuple[list[str], list[str]]],
    *,
    down: bool,
) -> None:
    place = {name: float(at) for row in rows for at, name in enumerate(row)}
    side = 0 if down else 1
    for row in rows if down else reversed(rows):
        means = {}
        for name in row:
            around = neighbours.get(name, ([], []))[side]
            means[name] = (
                sum(place[each] for each in around) / len(around) if around else place[name]
            )
        row.sort(key=means.__getitem__)
        for at, name in enumerate(row):
            place[name] = float(at)


def _place(
    sizes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str]],
    forward: Sequence[tuple[str, str]],
    chains: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    neighbours: Mapping[str, tuple[list[str], list[str]]],
) -> Layout:
    def width(name: str) -> float:
        return sizes[name][0] if name in sizes else _STOP

    centre = _columns(rows, neighbours, width)
    left = min((centre[name] - width(name) / 2 for row in rows for name in row), default=0.0)
    right = max((centre[name] + width(name) / 2 for row in rows for name in row), default=0.0)
    at: dict[str, Point] = {}
    y = 0.0
    for row in rows:
        height = max((sizes[name][1] for name in row if name in sizes), default=0.0)
        for name in row:
            at[name] = (centre[name] - left, y + height / 2)
        y += height + _GAP_Y
    lines = []
    for edge, turned, chain in zip(edges, forward, chains, strict=True):
        points = tuple(at[name] for name in chain) if edge[0] != edge[1] else ()
        lines.append(points if turned == edge else tuple(reversed(points)))
    boxes = {name: at[name] for name in sizes}
    return Layout(boxes, tuple(lines), right - left, max(y - _GAP_Y, 0.0))


def _columns(
    rows: Sequence[Sequence[str]],
    neighbours: Mapping[str, tuple[list[str], list[str]]],
    width: Callable[[str], float],
) -> dict[str, float]:
    """Return the centre of everything: near the mean of its neighbours, in the order of its row."""
    centre: dict[str, float] = {}
    for row in rows:
        _pack(row, dict.fromkeys(row, 0.0), width, centre)
    for sweep in range(_SWEEPS):
        side = sweep % 2
        for row in reversed(rows) if side else rows:
            wish = {}
            for name in row:
                around = neighbours.get(name, ([], []))[side]
                wish[name] = (
                    sum(centre[each] for each in around) / len(around) if around else centre[name]
                )
            _pack(row, wish, width, centre)
    return centre


def _pack(
    row: Sequence[str],
    wish: Mapping[str, float],
    width: Callable[[str], float],
    centre: dict[str, float],
) -> None:
    """Put a row as near to its wishes as the gaps allow: what gets too near is moved as one block."""
    # Each block: names, and the wished place of its left end, averaged over its members.
    blocks: list[tuple[list[str], float, float]] = []
    for name in row:
        names, length, start = [name], width(name), wish[name] - width(name) / 2
        while blocks and blocks[-1][2] + blocks[-1][1] + _GAP_X > start:
            before, other, other_start = blocks.pop()
            share = len(before) / (len(before) + len(names))
            start = other_start * share + (start - other - _GAP_X) * (1 - share)
            names, length = [*before, *names], other + _GAP_X + length
        blocks.append((names, length, start))
    for names, _, start in blocks:
        x = start
        for name in names:
            centre[name] = x + width(name) / 2
            x += width(name) + _GAP_X
