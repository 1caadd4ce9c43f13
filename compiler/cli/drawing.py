"""A workflow's picture as SVG, DOT or JSON; all text of the workflow is escaped for where it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from compiler.cli.layout import Layout, Point, lay_out

if TYPE_CHECKING:
    from compiler.plan.picture import Box, Line, Picture

_CHAR: Final = 7.2
_HEIGHT: Final = 36.0
_MARGIN: Final = 24.0
_SIDE: Final = 40.0
"""How far edges that go back stand out at the sides."""
_LABEL: Final = 40
_DOT_SHAPES: Final = {"start": "circle", "end": "doublecircle", "human": "parallelogram"}
_DOT_CRITICAL: Final = ', color="#b91c1c", penwidth=3'
_STYLE: Final = """\
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1f2937; text-anchor: middle; }
.box { fill: #ffffff; stroke: #475569; stroke-width: 1.5; }
.llm .box, .agent .box { fill: #e0f2fe; stroke: #0369a1; }
.human .box { fill: #fef3c7; stroke: #b45309; }
.code .box, .function .box, .tool .box { fill: #ecfdf5; stroke: #047857; }
.workflow .box { fill: #f3e8ff; stroke: #7e22ce; }
.start .box, .end .box { fill: #1f2937; stroke: #1f2937; }
.start text, .end text { fill: #ffffff; }
.edge { fill: none; stroke: #64748b; stroke-width: 1.4; }
.choice { stroke-dasharray: 5 4; }
.critical .box, .edge.critical { stroke: #b91c1c; stroke-width: 3; }
.label { font-size: 11px; fill: #475569; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }"""


def render_json(picture: Picture) -> str:
    """Return boxes and lines as JSON."""
    data = {
        "format_version": 1,
        "name": picture.name,
        "nodes": [asdict(box) for box in picture.boxes],
        "edges": [asdict(line) for line in picture.lines],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def render_dot(picture: Picture) -> str:
    """Return the text that Graphviz reads."""
    lines = [f"digraph {_dot(picture.name)} {{", '  node [shape=box, fontname="monospace"];']
    for box in picture.boxes:
        shape = _DOT_SHAPES.get(box.kind)
        style = ", style=rounded" if box.kind in ("llm", "agent") else ""
        shaped = f", shape={shape}" if shape else ""
        shaped += _DOT_CRITICAL if box.is_critical else ""
        lines.append(f"  {_dot(box.id)} [label={_dot(_title(box))}{shaped}{style}];")
    for line in picture.lines:
        settings = [f"label={_dot(_label(line))}"] if _label(line) else []
        settings += ["style=dashed"] if line.is_choice else []
        settings += ["constraint=false"] if line.is_back else []
        settings += [_DOT_CRITICAL.removeprefix(", ")] if line.is_critical else []
        shown = f" [{', '.join(settings)}]" if settings else ""
        lines.append(f"  {_dot(line.source)} -> {_dot(line.target)}{shown};")
    waves: dict[int, list[str]] = {}
    for box in picture.boxes:
        if box.wave is not None:
            waves.setdefault(box.wave, []).append(_dot(box.id))
    lines += (f"  {{rank=same; {'; '.join(waves[wave])};}}" for wave in sorted(waves))
    return "\n".join([*lines, "}"]) + "\n"


def render_svg(picture: Picture) -> str:
    """Return a drawing that needs nothing else: no script, no font, no network."""
    sizes = {box.id: (max(len(_title(box)) * _CHAR + 28, 64.0), _HEIGHT) for box in picture.boxes}
    layout = lay_out(sizes, [(line.source, line.target) for line in picture.lines])
    width, height = layout.width + 2 * (_MARGIN + _SIDE), layout.height + 2 * _MARGIN
    body = [*_svg_lines(picture, layout, sizes), *_svg_boxes(picture, layout, sizes)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img">\n'
        f"<title>{_xml(picture.name)}</title>\n<style>\n{_STYLE}\n</style>\n"
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#64748b"/></marker></defs>\n'
        f'<g transform="translate({_MARGIN + _SIDE:.0f} {_MARGIN:.0f})">\n'
        + "".join(f"{each}\n" for each in body)
        + "</g>\n</svg>\n"
    )


def _svg_boxes(
    picture: Picture, layout: Layout, sizes: dict[str, tuple[float, float]]
) -> Iterator[str]:
    for box in picture.boxes:
        (x, y), (width, height) = layout.boxes[box.id], sizes[box.id]
        round = height / 2 if box.kind in ("start", "end", "llm", "agent") else 4
        yield (
            f'<g class="node {box.kind}{_marked(box)}" data-node="{_xml(box.id)}"><title>{_xml(box.id)}: {box.kind}, '
            f'line {box.line}</title><rect class="box" x="{x - width / 2:.1f}" '
            f'y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round:.0f}"/>'
            f'<text x="{x:.1f}" y="{y + 4:.1f}">{_xml(_title(box))}</text></g>'
        )


def _svg_lines(
    picture: Picture, layout: Layout, sizes: dict[str, tuple[float, float]]
) -> Iterator[str]:
    for line, points in zip(picture.lines, layout.lines, strict=True):
        if not points:
            path, middle = _circle(layout.boxes[line.source], sizes[line.source])
        elif line.is_back and len(points) == 2:
            path, middle = _return(points, sizes[line.source][0], sizes[line.target][0])
        else:
            path, middle = _path(points)
        kind = f"edge choice{_marked(line)}" if line.is_choice else f"edge{_marked(line)}"
        yield f'<path class="{kind}" d="{path}" marker-end="url(#arrow)"/>'
        if _label(line):
            yield (
                f'<text class="label" x="{middle[0]:.1f}" y="{middle[1]:.1f}">'
                f"{_xml(_label(line))}</text>"
            )


def _path(points: Sequence[Point]) -> tuple[str, Point]:
    """Return the curve through the points, from border to border, and where its label goes."""
    down = points[-1][1] > points[0][1]
    step = _HEIGHT / 2 if down else -_HEIGHT / 2
    ends = [
        (points[0][0], points[0][1] + step),
        *points[1:-1],
        (points[-1][0], points[-1][1] - step),
    ]
    parts = [f"M{ends[0][0]:.1f} {ends[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(ends):
        bend = (y2 - y1) / 2
        parts.append(f"C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}")
    (x1, y1), (x2, y2) = ends[0], ends[1]
    return "".join(parts), ((x1 + x2) / 2, (y1 + y2) / 2 + 4)


def _return(points: Sequence[Point], source: float, target: float) -> tuple[str, Point]:
    """Return the curve beside the edge that it answers: out and in at the side that is freer."""
    (x1, y1), (x2, y2) = points
    side = -1 if x1 < x2 else 1
    x1, x2 = x1 + side * source / 2, x2 + side * target / 2
    out = (min(x1, x2) if side < 0 else max(x1, x2)) + side * _SIDE
    path = f"M{x1:.1f} {y1:.1f}C{out:.1f} {y1:.1f} {out:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return path, (out - side * 10, (y1 + y2) / 2 + 4)


def _circle(at: Point, size: tuple[float, float]) -> tuple[str, Point]:
    """Return the loop of a box that leads to itself."""
    x, y = at[0] + size[0] / 2, at[1]
    path = f"M{x:.1f} {y - 8:.1f}C{x + 30:.1f} {y - 24:.1f} {x + 30:.1f} {y + 24:.1f} {x:.1f} {y + 8:.1f}"
    return path, (x + 30, y + 4)


def _marked(part: Box | Line) -> str:
    return " critical" if part.is_critical else ""


def _title(box: Box) -> str:
    wave = f" (wave {box.wave})" if box.wave is not None else ""
    return f"{box.id} for each{wave}" if box.is_map else f"{box.id}{wave}"


def _label(line: Line) -> str:
    bound = f" (at most {line.bound})" if line.bound is not None else ""
    text = " ".join(line.label.split())
    short = text if len(text) <= _LABEL else f"{text[: _LABEL - 3]}..."
    return f"{short}{bound}".strip()


def _xml(text: str) -> str:
    """Escape for XML content and attributes; what XML cannot hold is replaced."""
    kept = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return escape(kept, {'"': "&quot;", "'": "&#39;"})


def _dot(text: str) -> str:
    kept = "".join(char if char.isprintable() else " " for char in text)
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
