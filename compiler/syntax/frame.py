"""A list or mapping that is being read."""

from __future__ import annotations

from dataclasses import field

from compiler.record import dataclass
from compiler.syntax.tree import Entry, Mapping, Scalar, Tree


@dataclass(slots=True)
class Frame:
    """What is known of an open list or mapping.

    Args:
        is_mapping: a mapping, else a list.
        start: offset of its first character after anchor and tag.
        end: offset after its last character so far.
        anchor: its name for aliases.
    """

    is_mapping: bool
    start: int
    end: int
    anchor: str | None
    items: list[Tree] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    merges: list[tuple[int, Mapping]] = field(default_factory=list)
    key: Scalar | None = None
    has_key: bool = False
    is_merge: bool = False
    partial: bool = False
    size: int = 1
    height: int = 0

    def set_key(self, key: Scalar | None, is_merge: bool) -> None:
        """Keep the key until its value comes; None is a key that cannot be used."""
        self.key, self.has_key, self.is_merge = key, True, is_merge

    def merged_entries(self) -> tuple[dict[str, Entry], int]:
        """Return the entries with `<<` merges in place, and how many came from merges.

        A key of the mapping itself wins over a merged one, an earlier merge over a later one.
        """
        if not self.merges:
            return self.entries, 0
        own = [*self.entries.items()]
        found: dict[str, Entry] = {}
        copied = at = 0
        for position, mapping in self.merges:
            found.update(own[at:position])
            at = position
            for name, entry in mapping.by_name.items():
                copied += 1
                if name not in self.entries:
                    found.setdefault(name, entry)
        found.update(own[at:])
        return found, copied
