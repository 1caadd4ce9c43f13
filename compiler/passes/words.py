"""Lists of names as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.ir.names import NodeId

_MOST_NAMES = 6


def join_names(names: Iterable[str], last: str = "and") -> str:
    """Write names in backticks: `a`, `b` and `c`; a long list is cut."""
    shown = [f"`{name}`" for name in names]
    if len(shown) > _MOST_NAMES:
        rest = len(shown) - _MOST_NAMES + 1
        shown = [*shown[: _MOST_NAMES - 1], f"{rest} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def show_path(path: Sequence[NodeId]) -> str:
    """Write a path as edges are written: a -> b -> c; the middle of a long one is left out."""
    if len(path) > 2 * _MOST_NAMES:
        path = [*path[:_MOST_NAMES], NodeId("..."), *path[-_MOST_NAMES:]]
    return " -> ".join(path)
