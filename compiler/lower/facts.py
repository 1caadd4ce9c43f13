"""What is known about values on the way to a node, from the conditions of routes.

Facts travel along a way without other entries: at a join nothing is known. A node that writes a field ends
what was known about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from compiler.expr import Path, Type
from compiler.ir.names import START, NodeId
from compiler.record import dataclass

Facts = Mapping[Path, Type]


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a node: by which case of a choice, by an error (`is_error`), or just on."""

    source: NodeId
    case: int | None = None
    is_error: bool = False
    is_call: bool = False
    """An agent hands over or calls: nothing is known."""


class FactTable:
    """Facts at the start of each node, worked out once and only where they are asked for."""

    def __init__(
        self,
        ways: Iterable[tuple[NodeId, Way]],
        writes: Mapping[NodeId, frozenset[str]],
        case_facts: Callable[[NodeId, int], Facts],
    ) -> None:
        """Take the ways into each node, what each may write, and where facts of cases come from."""
        self._writes = writes
        self._case_facts = case_facts
        self._into: dict[NodeId, Way | None] = {}
        for target, way in ways:
            # None: there are several ways in, so nothing is known for sure.
            self._into[target] = None if target in self._into else way
        self._known: dict[NodeId, Facts] = {START: {}}

    def before(self, node: NodeId) -> Facts:
        """Return what is known when the node starts."""
        chain: list[tuple[NodeId, Way]] = []
        seen: set[NodeId] = set()
        at = node
        while at not in self._known:
            way = self._into.get(at)
            if way is None or way.is_call or at in seen:
                self._known[at] = {}
                break
            chain.append((at, way))
            seen.add(at)
            at = way.source
        for each, way in reversed(chain):
            if each not in self._known:
                self._known[each] = self._along(way)
        return self._known[node]

    def after(self, node: NodeId) -> Facts:
        """Return what is known when the node has run."""
        written = self._writes.get(node, frozenset())
        before = self.before(node)
        if not before or not written:
            return before
        return {path: type for path, type in before.items() if _field_of(path) not in written}

    def _along(self, way: Way) -> Facts:
        if way.is_error:
            return self.before(way.source)
        if way.case is not None:
            return self._case_facts(way.source, way.case)
        return self.after(way.source)


def _field_of(path: Path) -> str | int | None:
    return path[1] if len(path) > 1 and path[0] == "state" else None
