"""A text and where each of its characters stands in the file."""

from __future__ import annotations

from compiler.diagnostics.span import SourceFile, Span
from compiler.record import dataclass, replace
from compiler.syntax import Scalar, span_in_scalar


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the workflow file, or of a file it names.

    `scalar` is the YAML value that `text` is a part of, from `offset` on; without one the text stands in
    the source exactly as it is, and `span` covers it.
    """

    text: str
    span: Span
    scalar: Scalar | None = None
    offset: int = 0

    @classmethod
    def in_file(cls, source: SourceFile) -> Written:
        """Return the whole text of a file."""
        return cls(source.text, Span(source, 0, len(source.text)))

    @classmethod
    def in_scalar(cls, scalar: Scalar) -> Written:
        """Return the text of a YAML value."""
        return cls(scalar.text, span_in_scalar(scalar, 0, len(scalar.text)), scalar)

    def part(self, start: int, end: int) -> Span:
        """Return where the characters `[start, end)` stand."""
        if self.scalar is not None:
            return span_in_scalar(self.scalar, self.offset + start, self.offset + end)
        return self.span.part(start, end)

    def cut(self, start: int, end: int) -> Written:
        """Return a part of the text with its place."""
        span = self.part(start, end)
        return replace(self, text=self.text[start:end], span=span, offset=self.offset + start)
