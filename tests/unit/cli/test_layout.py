"""The layered layout: nothing overlaps, edges go down, and size costs no more than it must."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.cli.layout import Layout, lay_out

Edges = list[tuple[str, str]]


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], Edges]:
    names = [f"n{number}" for number in range(draw(st.integers(1, 12)))]
    sizes = {name: (draw(st.sampled_from([40.0, 90.0, 200.0])), 36.0) for name in names}
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
    return sizes, draw(st.lists(pairs, max_size=20))


@given(_graphs())
@settings(max_examples=100, deadline=None)
def test_boxes_never_overlap_and_stay_inside(
    graph: tuple[dict[str, tuple[float, float]], Edges],
) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    assert layout == lay_out(sizes, edges)
    placed = [(*layout.boxes[name], *sizes[name]) for name in sizes]
    for number, (x, y, width, height) in enumerate(placed):
        assert x - width / 2 >= -0.01 and x + width / 2 <= layout.width + 0.01
        assert y - height / 2 >= -0.01 and y + height / 2 <= layout.height + 0.01
        for other_x, other_y, other_width, other_height in placed[number + 1 :]:
            apart_x = abs(x - other_x) - (width + other_width) / 2
            apart_y = abs(y - other_y) - (height + other_height) / 2
            assert apart_x > 1 or apart_y > 1
    for (source, target), points in zip(edges, layout.lines, strict=True):
        if source == target:
            assert points == ()
        else:
            assert (points[0], points[-1]) == (layout.boxes[source], layout.boxes[target])


def test_without_cycles_every_edge_goes_down() -> None:
    names = [f"n{number}" for number in range(30)]
    edges = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :: 7]]
    layout = lay_out(dict.fromkeys(names, (50.0, 20.0)), edges)
    assert all(layout.boxes[a][1] < layout.boxes[b][1] for a, b in edges)


def test_a_diamond_is_drawn_straight() -> None:
    layout = _layout([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    assert layout.boxes["a"][0] == layout.boxes["d"][0]
    assert layout.boxes["b"][1] == layout.boxes["c"][1]
    assert layout.boxes["b"][0] < layout.boxes["c"][0]


def test_a_back_edge_runs_up_and_leaves_the_order_of_the_others() -> None:
    layout = _layout([("a", "b"), ("b", "c"), ("c", "a")])
    heights = [layout.boxes[name][1] for name in "abc"]
    assert heights == sorted(heights)
    assert [y for _, y in layout.lines[2]] == sorted(heights, reverse=True)


def test_a_thousand_nodes_take_no_recursion_and_little_time() -> None:
    names = [f"n{number}" for number in range(1000)]
    edges = [*pairwise(names), *zip(names, names[3:], strict=False)]
    start = time.process_time()
    lay_out(dict.fromkeys(names, (50.0, 20.0)), edges)
    assert time.process_time() - start < 5


def _layout(edges: Edges) -> Layout:
    names = dict.fromkeys(name for edge in edges for name in edge)
    return lay_out(dict.fromkeys(names, (50.0, 20.0)), edges)
