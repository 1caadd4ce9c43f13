"""Ways through a tree: by path to a node or to a place, and to plain Python data."""

from __future__ import annotations

from compiler.diagnostics.span import Span
from compiler.syntax.tree import Mapping, Path, Scalar, Sequence, Tree


def find(tree: Tree, path: Path) -> Tree | None:
    """Return the node at `path` (keys and 0-based list positions), or None."""
    node, _, count = _follow(tree, path)
    return node if count == len(path) else None


def span_at(tree: Tree, path: Path) -> Span:
    """Return where the value at `path` stands, or the nearest ancestor that exists."""
    node, _, _ = _follow(tree, path)
    return node.span


def key_span_at(tree: Tree, path: Path) -> Span:
    """Return where the key at the end of `path` stands, or that of the nearest ancestor that exists.

    A list item has no key: its first key stands for it, or its value if it is not a mapping.
    """
    node, above, count = _follow(tree, path)
    if isinstance(above, Mapping):
        return above.by_name[str(path[count - 1])].key.span
    if isinstance(node, Mapping) and node.by_name:
        return node.entries[0].key.span
    return node.span


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


def _follow(tree: Tree, path: Path) -> tuple[Tree, Tree | None, int]:
    """Go as far along a path as it exists; return the node there, what holds it, and the parts gone."""
    node, above, count = tree, None, 0
    for part in path:
        child: Tree
        if isinstance(part, str):
            entry = node.by_name.get(part) if isinstance(node, Mapping) else None
            if entry is None:
                break
            child = entry.value
        elif isinstance(node, Sequence) and 0 <= part < len(node.items):
            child = node.items[part]
        else:
            break
        node, above, count = child, node, count + 1
    return node, above, count
