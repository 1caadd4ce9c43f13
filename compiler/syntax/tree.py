"""The tree a YAML file is read into: every node knows its place in the source."""

from __future__ import annotations

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
        style: how it is written.
    """

    value: Value
    text: str
    span: Span
    style: Style

    @property
    def quoted(self) -> bool:
        """Whether single or double quotes stand around it."""
        return self.style in ("single", "double")


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
    """A mapping in file order, by the text of its keys, `<<` merges already carried out.

    `partial` tells that a damaged part of the text inside was left out: a key that seems to be missing
    may stand there, so its absence is not worth a report.
    """

    by_name: dict[str, Entry]
    span: Span
    partial: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The keys with their values."""
        return tuple(self.by_name.values())

    def entry(self, name: str) -> Entry | None:
        """Return the entry with that key, if there is one."""
        return self.by_name.get(name)

    def get(self, name: str) -> Tree | None:
        """Return the value under that key, if there is one."""
        entry = self.by_name.get(name)
        return None if entry is None else entry.value


Tree: TypeAlias = Scalar | Sequence | Mapping
Path: TypeAlias = tuple[str | int, ...]
