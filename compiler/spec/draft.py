"""The file as plain data that is edited until it fits the models, and where each part of it came from."""

from __future__ import annotations

from typing import TypeAlias

from compiler.diagnostics.span import Span
from compiler.record import dataclass
from compiler.syntax import (
    Entry,
    Mapping,
    Path,
    Scalar,
    Sequence,
    Tree,
    find,
    key_span_at,
    span_at,
)

Container: TypeAlias = dict[str, object] | list[object]


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the draft.

    Args:
        path: keys and indexes in the draft.
        at: the same in the tree.
        owner: what holds the value; None for the whole file.
        value: the value itself.
    """

    path: Path
    at: Path
    owner: Container | None
    value: object

    @property
    def key(self) -> str | int:
        """The last part of the path."""
        return self.path[-1]


class Draft:
    """Plain data of a tree, editable, with the way back to the tree.

    Args:
        tree: the file as it was written; it is not changed.
    """

    def __init__(self, tree: Mapping) -> None:
        self.tree = tree
        self.data: dict[str, object] = {
            entry.name: _plain(entry.value)
            for entry in tree.entries
            if not entry.name.startswith("x-")
        }
        self.poisoned: set[str] = set()
        """Names whose declaration was dropped."""
        self.lost: set[Path] = set()
        """Paths in the tree of values that were written and dropped."""
        # Holding the container keeps its id from being given to another one.
        self._parts: dict[int, tuple[Container, dict[str | int, str | int | None]]] = {}
        self._indexes: dict[int, tuple[Container, list[str | int]]] = {}

    def locate(self, loc: tuple[str | int, ...]) -> Place:
        """Follow the parts of a path that exist in the data and skip the others.

        Validation puts the names of alternatives into its paths: `prompt, str`.
        """
        value: object = self.data
        owner: Container | None = None
        path: list[str | int] = []
        at: list[str | int] = []
        for part in loc:
            if isinstance(value, dict):
                if part not in value:
                    continue
                owner, value = value, value[part]
            elif isinstance(value, list):
                if not isinstance(part, int) or part >= len(value):
                    continue
                owner, value = value, value[part]
            else:
                continue
            path.append(part)
            origin = self.origin(owner, part)
            if origin is not None:
                at.append(origin)
        return Place(tuple(path), tuple(at), owner, value)

    def origin(self, container: Container, key: str | int) -> str | int | None:
        """Return the part of the tree's path that a key or index stands for, None when it adds none."""
        if isinstance(container, list):
            known = self._indexes.get(id(container))
            return known[1][key] if known is not None and isinstance(key, int) else key
        moved = self._parts.get(id(container))
        return key if moved is None else moved[1].get(key, key)

    def came_from(self, container: Container, key: str, part: str | None) -> None:
        """Remember that a key of the data stands elsewhere in the tree, or (None) has no place of its own."""
        self._parts.setdefault(id(container), (container, {}))[1][key] = part

    def listed(self, items: list[object], parts: list[str | int]) -> None:
        """Remember which parts of the tree's path the items of a list stand for."""
        self._indexes[id(items)] = (items, parts)

    def drop(self, place: Place) -> None:
        """Take a value out of the data, and remember that it was there."""
        if not place.path:
            return
        container, key = place.owner, place.key
        self.lost.add(place.at)
        if isinstance(container, list) and isinstance(key, int):
            if id(container) not in self._indexes:
                self.listed(container, list(range(len(container))))
            del self._indexes[id(container)][1][key]
            del container[key]
        elif isinstance(container, dict) and isinstance(key, str):
            del container[key]

    def rename(self, mapping: dict[str, object], old: str, new: str) -> None:
        """Go on as if a key had been written rightly; its order among the keys does not matter."""
        part = self.origin(mapping, old)
        mapping[new] = mapping.pop(old)
        self.came_from(mapping, new, part if isinstance(part, str) else old)

    def span(self, at: Path) -> Span:
        """Return where a value stands."""
        return span_at(self.tree, at)

    def key_span(self, at: Path) -> Span:
        """Return where a key stands; for a list item, its first key or its value."""
        return key_span_at(self.tree, at)

    def scalar(self, at: Path) -> Scalar | None:
        """Return the scalar at a path of the tree, if one is there."""
        found = find(self.tree, at)
        return found if isinstance(found, Scalar) else None

    def is_partial(self, at: Path) -> bool:
        """Whether a broken part of the text was left out there, so that what is missing may have stood there."""
        found = find(self.tree, at)
        return isinstance(found, Mapping | Sequence) and found.partial

    def entry(self, at: Path) -> Entry | None:
        """Return key and value at the end of a path of the tree, if a mapping holds them."""
        owner = find(self.tree, at[:-1]) if at else None
        return owner.entry(str(at[-1])) if isinstance(owner, Mapping) else None


def _plain(tree: Tree) -> object:
    """Turn a tree into data in which nothing is shared, so that it can be edited in place."""
    if isinstance(tree, Scalar):
        return tree.value
    if isinstance(tree, Sequence):
        return [_plain(item) for item in tree.items]
    return {name: _plain(entry.value) for name, entry in tree.by_name.items()}
