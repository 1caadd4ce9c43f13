"""Comments of a YAML text, told apart from a `#` inside of a value."""

from __future__ import annotations

import re

from compiler.diagnostics.span import SourceFile, Span
from compiler.syntax.tree import Mapping, Scalar, Tree

_COMMENT = re.compile(r"(?:^|(?<=[\s,\[\]{}]))#[^\r\n]*", re.MULTILINE)


def find_comments(source: SourceFile, tree: Tree, containing: str = "") -> tuple[Span, ...]:
    """Return where the comments that hold a text stand, in order, from the `#` to the line's end.

    Args:
        tree: what `parse` made of the source; its scalars are where no comment can be.
    """
    if containing not in source.text:
        return ()
    found: list[Span] = []
    at = 0
    for start, end in [*_scalar_ranges(source.text, tree), (len(source.text), len(source.text))]:
        for match in _COMMENT.finditer(source.text, at, max(at, start)):
            if containing in match.group():
                found.append(Span(source, match.start(), match.end()))
        at = max(at, end)
    return tuple(found)


def _scalar_ranges(text: str, tree: Tree) -> list[tuple[int, int]]:
    """Return the ranges of all scalars in order; a block scalar's starts after its header line."""
    ranges: set[tuple[int, int]] = set()
    seen: set[int] = set()
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            start = node.span.start
            if node.style in ("literal", "folded"):
                start = text.find("\n", start)
                start = node.span.end if start < 0 else min(start, node.span.end)
            ranges.add((start, node.span.end))
        elif id(node) not in seen:
            # An alias puts one node into several places; its text stands in one.
            seen.add(id(node))
            if isinstance(node, Mapping):
                waiting += [part for entry in node.entries for part in (entry.key, entry.value)]
            else:
                waiting += node.items
    return sorted(ranges)
