"""From YAML events to the tree, without recursion and without ever expanding an alias."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Final

import yaml

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.record import dataclass
from compiler.syntax.events import bounds_of
from compiler.syntax.frame import Frame
from compiler.syntax.keys import Keys
from compiler.syntax.limits import MAX_DEPTH, MAX_NODES
from compiler.syntax.nodes import Nodes
from compiler.syntax.text import YamlText
from compiler.syntax.tree import Mapping, Sequence, Tree


class Unusable(Exception):
    """The text breaks a limit; the reason is reported."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What an anchor names: the node, how many values it holds expanded, and how deep it is."""

    node: Tree
    size: int
    height: int


# Stands for an anchor whose node has not ended yet.
_OPEN: Final = None


@dataclass(slots=True)
class Builder:
    """Takes the events of one text and puts the tree together.

    `last` and `last_start` tell the error wording what was read before a syntax error.
    """

    text: YamlText
    sink: Sink
    root: Tree | None = None
    has_root: bool = False
    last: yaml.Event | None = None
    last_start: int = 0
    frames: list[Frame] = field(default_factory=list)
    _anchors: dict[str, _Known | None] = field(default_factory=dict)
    _count: int = 0
    _nodes: Nodes = field(init=False)
    _keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self._nodes = Nodes(self.text, self.sink)
        self._keys = Keys(self.text, self.sink)

    def take(self, events: Iterable[yaml.Event]) -> None:
        """Read all events of the first document.

        Raises:
            Unusable: a limit is broken.
        """
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                start, end = bounds_of(event)
                self._close(end, start)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent) and self.has_root:
                self._second_document(event, events)
                return
            self.last = event

    @property
    def bracket_at(self) -> int:
        """Where the innermost open `[` or `{` stands, or -1."""
        starts = (frame.start for frame in reversed(self.frames))
        return next((start for start in starts if self.text.at(start) in ("[", "{")), -1)

    def close_all(self) -> None:
        """End every open list and mapping where the reading stopped; all of them are partial."""
        for frame in self.frames:
            frame.partial = True
        while self.frames:
            self._close(self.frames[-1].end, self.frames[-1].end)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = bounds_of(event)
        self._count_node(start, end)
        self.last_start = start
        scalar = self._nodes.scalar(event, start, end)
        if event.anchor:
            self._anchors[event.anchor] = _Known(scalar, 1, 0)
        is_left_out = not scalar.text and self.text.is_damaged_at(end)
        self._place(None if is_left_out else scalar, 1, 0, end, event)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        start, end = bounds_of(event)
        self._count_node(start, end)
        if len(self.frames) >= MAX_DEPTH:
            self._too_deep(start, max(end, start + 1))
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag is not None:
            self._nodes.check_collection_tag(event.tag, "map" if is_mapping else "seq", start, end)
        has_properties = event.anchor is not None or event.tag is not None
        # The event starts at anchor and tag, and ends after a bracket or dash, or before the first key.
        at = start
        if has_properties:
            at = end - 1 if end > start and self.text.at(end - 1) in "[{-" else end
        self.frames.append(Frame(is_mapping, at, end, event.anchor))
        if event.anchor:
            self._anchors[event.anchor] = _OPEN

    def _close(self, end: int, end_start: int) -> None:
        frame = self.frames.pop()
        if end > end_start and self.text.at(end - 1) in "]}":
            frame.end = end
            self.last_start = frame.start
        span = self.text.span(frame.start, max(frame.start, frame.end))
        partial = frame.partial or self.text.is_damaged_between(frame.start, end)
        node: Tree
        if frame.is_mapping:
            entries, copied = frame.merged_entries()
            self._count += copied
            if self._count > MAX_NODES:
                self._alias_bomb(span)
            node = Mapping(entries, span, partial)
        else:
            node = Sequence(tuple(frame.items), span, partial)
        if frame.anchor:
            self._anchors[frame.anchor] = _Known(node, frame.size, frame.height)
        self._place(node, frame.size, frame.height, frame.end, None)

    def _alias(self, event: yaml.AliasEvent) -> None:
        start, end = bounds_of(event)
        self._count_node(start, end)
        self.last_start = start
        name = event.anchor or ""
        known = self._anchors.get(name)
        if known is None:
            self._nodes.report_bad_alias(name, self._anchors, self.text.span(start, end))
            self._place(None, 1, 0, end, None)
            return
        if len(self.frames) + known.height > MAX_DEPTH:
            self._too_deep(start, end)
        if self.frames and self.frames[-1].size + known.size > MAX_NODES:
            self._alias_bomb(self.text.span(start, end))
        self._place(known.node, known.size, known.height, end, None)

    def _place(
        self, node: Tree | None, size: int, height: int, end: int, event: yaml.ScalarEvent | None
    ) -> None:
        """Give a node to the innermost open frame. None is one that had to be left out.

        Args:
            event: of a scalar; None for what cannot be a `<<` key.
        """
        if not self.frames:
            if not self.has_root:
                self.root, self.has_root = node, True
            return
        frame = self.frames[-1]
        frame.end = end
        frame.size += size
        if frame.height <= height:
            frame.height = height + 1
        if frame.size > MAX_NODES:
            self._alias_bomb(self.text.span(frame.start, end))
        if not frame.is_mapping:
            if node is None:
                frame.partial = True
            else:
                frame.items.append(node)
        elif not frame.has_key:
            is_merge = event is not None and event.value == "<<" and event.implicit[0]
            frame.set_key(self._keys.key_of(node), is_merge)
        else:
            self._keys.add_value(frame, node)

    def _second_document(self, event: yaml.Event, rest: Iterable[yaml.Event]) -> None:
        following = next(iter(rest), None)
        if isinstance(following, yaml.ScalarEvent) and not following.value:
            return
        self.sink.report(
            "AC109",
            self.text.span(*bounds_of(event)),
            "a second YAML document starts here",
            notes=("everything from here on was not read",),
            help="put each workflow into a file of its own",
        )

    def _count_node(self, start: int, end: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            self.sink.report(
                "AC105",
                self.text.span(start, end),
                f"the file holds more than {MAX_NODES:,} values",
            )
            raise Unusable

    def _too_deep(self, start: int, end: int) -> None:
        self.sink.report(
            "AC105",
            self.text.span(start, end),
            f"lists and mappings are nested more than {MAX_DEPTH} deep",
        )
        raise Unusable

    def _alias_bomb(self, span: Span) -> None:
        self.sink.report(
            "AC106",
            span,
            f"aliases expand to more than {MAX_NODES:,} values",
            help="write the repeated parts once, or build them at run time",
        )
        raise Unusable
