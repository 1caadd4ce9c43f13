"""Formats YAML text: its indentation and the ends of its lines; all else stays as the author wrote it.

nodes:                    nodes:
- id: write                 - id: write
  # what to say               # what to say
  prompt:  "{topic}"          prompt:  "{topic}"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Final

import yaml

from compiler.record import dataclass

_STEP: Final = 2
_ROUNDS: Final = 4
"""A text that has not settled by then is left as it is."""
_OTHER_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_DASH = re.compile(r"-\s+")


def format_yaml(text: str) -> str | None:
    """Return YAML text in its canonical form, None when that cannot be had without changing what it says.

    What a YAML reader is told and the comments are the same after it; formatting the result changes nothing.
    """
    if _OTHER_BREAKS.search(text):
        return None
    before = text.replace("\r\n", "\n")
    for _ in range(_ROUNDS):
        try:
            after = _Lines(before).formatted()
            if after == before:
                return after if list(_told(text)) == list(_told(after)) else None
        except (yaml.YAMLError, RecursionError, _TooUnusual):
            return None
        before = after
    return None


def _told(text: str) -> Iterator[tuple[str, ...]]:
    """Yield what a YAML reader is told, without places and without the styles of collections."""
    for event in yaml.parse(text.replace("\r\n", "\n"), Loader=yaml.CSafeLoader):
        kind = type(event).__name__
        if isinstance(event, yaml.ScalarEvent):
            quotes = "quoted" if event.style in ("'", '"') else str(event.style)
            yield kind, str(event.anchor), str(event.tag), quotes, event.value
        elif isinstance(event, yaml.NodeEvent):
            yield kind, str(event.anchor), str(getattr(event, "tag", None))
        else:
            yield (kind,)


class _TooUnusual(Exception):
    """The text uses a form that workflow files never have."""


@dataclass(slots=True)
class _Frame:
    """An open block collection: the columns of its keys or dashes, before and after."""

    is_list: bool
    old: int
    new: int
    has_start: bool = True
    """False for a list whose dashes stand under the key: YAML has no token for its start and end."""


@dataclass(slots=True)
class _Lines:
    """One text, and what is known of its lines (0-based): their new indentation, and whose lines they are."""

    text: str
    indent: dict[int, int] = field(default_factory=dict)
    frames_after: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    blocks: dict[int, int] = field(default_factory=dict)
    """Lines inside of a text: by how much they move."""
    folded: set[int] = field(default_factory=set)
    """Lines that end inside of a text."""
    dashes: set[int] = field(default_factory=set)
    """Lines with a dash and something after it."""

    def formatted(self) -> str:
        """Return the text with every line where it belongs."""
        self._read()
        lines = self.text.split("\n")
        following: list[int | None] = [None] * len(lines)
        upcoming: int | None = None
        for number in reversed(range(len(lines))):
            if number in self.indent:
                upcoming = number
            following[number] = upcoming
        out: list[str] = []
        last: int | None = None
        for number, line in enumerate(lines):
            if number in self.indent and number not in self.blocks:
                last = number
            out.append(self._line(number, line, lines, following[number], last))
        return "\n".join(out).strip("\n") + "\n"

    def _line(
        self, number: int, line: str, lines: list[str], following: int | None, last: int | None
    ) -> str:
        if number in self.blocks:
            return _moved(line, self.blocks[number])
        body = line.lstrip(" ")
        if number not in self.folded:
            body = body.rstrip()
        if not body:
            return ""
        if number in self.indent:
            if number in self.dashes:
                body = _compact(body)
            return " " * self.indent[number] + body
        if body.startswith("#"):
            return " " * self._comment(_width(line), lines, following, last) + body
        return line

    def _comment(
        self, column: int, lines: list[str], following: int | None, last: int | None
    ) -> int:
        """A comment goes with the line below it, or with the collection that it closes."""
        if following is not None:
            below = _width(lines[following])
            if column <= below:
                return self.indent[following]
        frames = self.frames_after.get(last, []) if last is not None else []
        fitting = [new for old, new in frames if old <= column]
        if fitting:
            return fitting[-1]
        return self.indent[following] if following is not None else 0

    def _read(self) -> None:
        frames: list[_Frame] = []
        depth = 0
        tokens = list(yaml.scan(self.text, Loader=yaml.CSafeLoader))
        for at, token in enumerate(tokens):
            line, column = token.start_mark.line, token.start_mark.column
            if isinstance(token, yaml.BlockEndToken):
                if frames and not frames[-1].has_start:
                    frames.pop()
                frames.pop()
            elif isinstance(token, yaml.BlockMappingStartToken | yaml.BlockSequenceStartToken):
                is_list = isinstance(token, yaml.BlockSequenceStartToken)
                new = frames[-1].new + _STEP if frames else 0
                frames.append(_Frame(is_list, column, new))
            elif isinstance(token, yaml.BlockEntryToken):
                if not frames[-1].is_list:
                    frames.append(_Frame(True, column, frames[-1].new + _STEP, has_start=False))
                self._start(line, frames[-1].new, frames)
                if tokens[at + 1].start_mark.line == line:
                    self.dashes.add(line)
            elif isinstance(token, yaml.KeyToken) and not depth:
                if frames and not frames[-1].has_start:
                    frames.pop()
                if token.start_mark.index != token.end_mark.index:
                    raise _TooUnusual("an explicit key")
                self._start(line, frames[-1].new, frames)
            elif isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                depth += 1
                self._continue(line, column, frames)
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
                depth -= 1
                self._continue(line, column, frames)
            elif isinstance(token, yaml.ScalarToken):
                self._continue(line, column, frames)
                self._scalar(token, frames)
            elif isinstance(token, yaml.DocumentStartToken | yaml.DocumentEndToken):
                self._start(line, 0, frames)
            elif token.start_mark.index != token.end_mark.index:
                self._continue(line, column, frames)

    def _start(self, line: int, new: int, frames: list[_Frame]) -> None:
        self.indent.setdefault(line, new)
        self.frames_after[line] = [(frame.old, frame.new) for frame in frames]

    def _continue(self, line: int, column: int, frames: list[_Frame]) -> None:
        """A line that goes on with a value keeps its distance to the collection that the value is in."""
        if line in self.indent:
            return
        old, new = (frames[-1].old, frames[-1].new) if frames else (0, 0)
        self._start(line, max(column + new - old, 0), frames)

    def _scalar(self, token: yaml.ScalarToken, frames: list[_Frame]) -> None:
        first, end = token.start_mark.line, token.end_mark
        move = frames[-1].new - frames[-1].old if frames else 0
        if token.style in ("|", ">"):
            last = end.line if end.column else end.line - 1
        else:
            last = end.line
            self.folded.update(range(first, last))
        for line in range(first + 1, last + 1):
            self.blocks[line] = move


def _moved(line: str, by: int) -> str:
    """Move a line of a text; one with nothing in it stays as it is."""
    if not line.strip(" "):
        return line if by >= 0 else line[min(-by, len(line)) :]
    return " " * by + line if by >= 0 else line[min(-by, _width(line)) :]


def _compact(body: str) -> str:
    """Leave one space after each dash at the start of a line."""
    at = 0
    while (found := _DASH.match(body, at)) is not None:
        body = f"{body[:at]}- {body[found.end() :]}"
        at += 2
    return body


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
