"""The tree a YAML file is read into: every node knows its place in the source."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from compiler.diagnostics.span import Span
from compiler.record import dataclass

Style: TypeAlias = Literal["plain", "single", "double", "literal", "folded"]
Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value.

    Args:
        value: the value under the YAML 1.2 core schema.
        text: the content before it was turned into a number, a bool or null; equals `value` for text.
        span: the source text with its quotes or its `|`, without anchor and tag.
        quoted: whether single or double quotes stand around it.
        style: how it is written.
    """

    value: Value
    text: str
    span: Span
    quoted: bool
    style: Style


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value; the `value` of the key is always text."""

    key: Scalar
    value: Tree

    @property
    def name(self) -> str:
        """The text of the key."""
        return self.key.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list. `partial` tells that a damaged part of the text inside was left out."""

    items: tuple[Tree, ...]
    span: Span
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in file order, each key once, `<<` merges already carried out.

    `partial` tells that a damaged part of the text inside was left out: a key that seems to be missing
    may stand there, so its absence is not worth a report.
    """

    entries: tuple[Entry, ...]
    span: Span
    partial: bool = False
    _index: dict[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {entry.key.text: entry for entry in self.entries}
        object.__setattr__(self, "_index", index)

    def entry(self, name: str) -> Entry | None:
        """Return the entry with that key, if there is one."""
        return self._index.get(name)

    def get(self, name: str) -> Tree | None:
        """Return the value under that key, if there is one."""
        entry = self._index.get(name)
        return None if entry is None else entry.value


Tree: TypeAlias = Scalar | Sequence | Mapping
Path: TypeAlias = tuple[str | int, ...]
