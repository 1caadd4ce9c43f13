"""The text as the YAML library reads it, and the way from its offsets to the source."""

from __future__ import annotations

import re
from dataclasses import field

from compiler.diagnostics.span import SourceFile, Span
from compiler.record import dataclass
from compiler.syntax.stand_ins import StandIns

_NOT_BREAK = re.compile(r"[^\r\n]")


@dataclass(slots=True)
class YamlText:
    """A text of the same length as the source, with what cannot be read blanked out.

    Args:
        source: the file.
        stand_ins: the current text.
        offset: 1 when the source starts with a byte order mark, which the text does not have.
        damaged: the ranges that were blanked, in text offsets.
    """

    source: SourceFile
    stand_ins: StandIns
    offset: int
    damaged: list[tuple[int, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text to read."""
        return self.stand_ins.text

    def at(self, index: int) -> str:
        """Return the character at an offset, or the empty string past the end."""
        return self.stand_ins.text[index : index + 1]

    def span(self, start: int, end: int) -> Span:
        """Turn text offsets into a span of the source."""
        return Span(self.source, start + self.offset, end + self.offset)

    def original(self, start: int, end: int) -> str:
        """Return what the source holds in a range of text offsets."""
        return self.source.text[start + self.offset : end + self.offset]

    def blank(self, start: int, end: int) -> None:
        """Replace a range with spaces, line breaks kept, and remember it as damaged."""
        self.replace_all(((start, _NOT_BREAK.sub(" ", self.text[start:end])),))
        self.damaged.append((start, end))

    def replace_all(self, edits: tuple[tuple[int, str], ...]) -> bool:
        """Put each new text over as many characters from its offset on; tell whether any differs.

        Edits are in order and do not overlap.
        """
        old = self.text
        parts: list[str] = []
        done = 0
        for start, new in edits:
            parts += (old[done:start], new)
            done = start + len(new)
        self.stand_ins.text = "".join((*parts, old[done:]))
        return self.text != old

    def is_damaged_at(self, index: int) -> bool:
        """Tell whether an offset lies in a damaged range."""
        return bool(self.damaged) and any(start <= index <= end for start, end in self.damaged)

    def is_damaged_between(self, low: int, high: int) -> bool:
        """Tell whether a range touches a damaged one."""
        return bool(self.damaged) and any(
            start <= high and low <= end for start, end in self.damaged
        )
