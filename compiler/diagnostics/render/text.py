"""Diagnostics for people at a terminal, in the look that rustc made common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from compiler.diagnostics.diagnostic import Diagnostic, Severity
from compiler.diagnostics.render.shown_line import visible
from compiler.diagnostics.render.snippet import Mark, Row, snippet
from compiler.diagnostics.span import SourceFile

_BOLD: Final = "1"
_BLUE: Final = "1;34"
_SEVERITY_COLOURS: Final = {
    Severity.ERROR: "1;31",
    Severity.WARNING: "1;33",
    Severity.NOTE: "1;36",
}


def render_text(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return all diagnostics with their source lines, a blank line after each."""
    return "".join(_Block(diagnostic, colour).render() + "\n" for diagnostic in diagnostics)


def summary_line(diagnostics: Iterable[Diagnostic], files: int) -> str:
    """Return a line such as `2 errors, 1 warning in 3 files`, without a line break."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    found = [_count(counts[severity], severity.value) for severity in Severity if counts[severity]]
    return f"{', '.join(found) or 'no problems'} in {_count(files, 'file')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class _Block:
    """One diagnostic as text."""

    def __init__(self, diagnostic: Diagnostic, colour: bool) -> None:
        self._diagnostic = diagnostic
        self._colour = colour
        self._severity_colour = _SEVERITY_COLOURS[diagnostic.severity]
        lines = [label.span.source.position(label.span.end).line for label in diagnostic.labels]
        self._width = len(str(max(lines, default=1)))

    def render(self) -> str:
        """Return the block, each line ended by a line break."""
        found = self._diagnostic
        title = self._paint(f"{found.severity}[{found.code}]", self._severity_colour)
        lines = [f"{title}{self._paint(': ' + visible(found.message), _BOLD)}"]
        sources: list[SourceFile] = []
        for label in found.labels:
            if label.span.source not in sources:
                sources.append(label.span.source)
        for source in sources:
            lines += self._file(source, is_first=source is sources[0])
        footer = [*(("note", note) for note in found.notes)]
        if found.help is not None:
            footer.append(("help", found.help))
        if footer and sources and sources[-1].text:
            lines.append(self._gutter())
        for kind, text in footer:
            lines += self._remark(kind, text)
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def _file(self, source: SourceFile, *, is_first: bool) -> list[str]:
        labels = self._diagnostic.labels
        marks = [
            Mark(label.span, label.text, number == 0)
            for number, label in enumerate(labels)
            if label.span.source is source or label.span.source == source
        ]
        line, column = source.position(marks[0].span.start)
        arrow = "-->" if is_first else ":::"
        place = f"{visible(source.path)}:{line}:{column}" if source.text else visible(source.path)
        lines = [f"{' ' * self._width}{self._paint(arrow, _BLUE)} {place}"]
        if source.text:
            lines += [self._gutter(), *(self._row(row) for row in snippet(source, marks))]
        return lines

    def _row(self, row: Row) -> str:
        if row.number == -1:
            return f"{self._paint('...', _BLUE):<{self._width}}  {row.text}".rstrip()
        number = "" if row.number is None else str(row.number)
        text = row.text
        if row.number is None and row.mark is not None:
            colour = self._severity_colour if row.mark.is_primary else _BLUE
            text = self._paint(text, colour)
        return f"{self._gutter(number)} {text}"

    def _gutter(self, number: str = "") -> str:
        return self._paint(f"{number:>{self._width}} |", _BLUE)

    def _remark(self, kind: str, text: str) -> Sequence[str]:
        """Return a note or help; the lines of a longer one stand under each other."""
        first, *others = text.split("\n")
        indent = " " * (self._width + 1)
        sign = self._paint("=", _BLUE)
        lines = [f"{indent}{sign} {self._paint(kind, _BOLD)}: {visible(first)}"]
        return lines + [f"{indent}  {' ' * len(kind)}  {visible(other)}" for other in others]

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and text.strip() else text
