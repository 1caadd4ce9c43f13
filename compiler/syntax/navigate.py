"""Ways through a tree: by path to a node or to a place, and to plain Python data."""

from __future__ import annotations

from compiler.diagnostics.span import Span
from compiler.syntax.tree import Mapping, Path, Scalar, Sequence, Tree


def find(tree: Tree, path: Path) -> Tree | None:
    """Return the node at `path` (keys and 0-based list positions), or None."""
    node: Tree | None = tree
    for part in path:
        if node is None:
            return None
        node = _child(node, part)
    return node


def span_at(tree: Tree, path: Path) -> Span:
    """Return where the value at `path` stands, or the nearest ancestor that exists."""
    node = tree
    for part in path:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node.span


def key_span_at(tree: Tree, path: Path) -> Span:
    """Return where the key at the end of `path` stands, or that of the nearest ancestor that exists.

    A list item has no key: its first key stands for it, or its value if it is not a mapping.
    """
    node, above, last = tree, None, None
    for part in path:
        child = _child(node, part)
        if child is None:
            break
        node, above, last = child, node, part
    if isinstance(above, Mapping) and isinstance(last, str):
        return above.by_name[last].key.span
    return _head(node)


def to_data(tree: Tree) -> object:
    """Turn a tree into dicts, lists and values. What an alias repeats is one shared object."""
    done: dict[int, object] = {}

    def convert(node: Tree) -> object:
        if isinstance(node, Scalar):
            return node.value
        known = done.get(id(node))
        if known is None:
            known = (
                {entry.key.text: convert(entry.value) for entry in node.entries}
                if isinstance(node, Mapping)
                else [convert(item) for item in node.items]
            )
            done[id(node)] = known
        return known

    return convert(tree)


def _child(node: Tree, part: str | int) -> Tree | None:
    if isinstance(part, str):
        entry = node.by_name.get(part) if isinstance(node, Mapping) else None
        return None if entry is None else entry.value
    if isinstance(node, Sequence) and 0 <= part < len(node.items):
        return node.items[part]
    return None


def _head(node: Tree) -> Span:
    if isinstance(node, Mapping) and node.by_name:
        return node.entries[0].key.span
    return node.span
