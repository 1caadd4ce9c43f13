"""Leaves out what a syntax error spoils, and tells a new error from an echo of an earlier one."""

from __future__ import annotations

from dataclasses import field

from compiler.diagnostics.sink import Sink
from compiler.record import dataclass
from compiler.syntax.complaint import Complaint
from compiler.syntax.lines import indent_of, line_end, line_start
from compiler.syntax.text import YamlText


@dataclass(frozen=True, slots=True)
class _Damage:
    """A part that was left out: its range, the indentation of its first line, and what it was.

    `is_loose` tells that lines below it may have lost what they belong to.
    """

    start: int
    end: int
    indent: int
    kind: str
    is_loose: bool


@dataclass(slots=True)
class Recovery:
    """Keeps what was left out of one text."""

    text: YamlText
    sink: Sink
    rounds: int = 0
    _has_tabs: bool = False
    _damage: list[_Damage] = field(default_factory=list)

    def take(self, complaint: Complaint, at: int) -> bool:
        """Report a complaint unless it echoes an earlier one; tell whether reading can go on.

        Args:
            at: where the library stopped, the last resort for what to leave out.
        """
        self.rounds += 1
        echoes = any(self._echoes(damage, complaint) for damage in self._damage)
        if not echoes and not self._had_tab(complaint):
            self.sink.add(complaint.diagnostic(self.text))
        self._has_tabs = self._has_tabs or complaint.kind == "tab"
        if complaint.repairs and self.text.replace_all(complaint.repairs):
            return True
        place = complaint.place[0]
        choices = [
            (line_start(self.text.text, i), line_end(self.text.text, i)) for i in (place, at)
        ]
        if complaint.blank is not None:
            choices.insert(0, complaint.blank)
        for start, end in choices:
            if self.text.text[start:end].strip():
                self._leave_out(start, end, complaint.kind)
                return True
        return False

    def _had_tab(self, complaint: Complaint) -> bool:
        """Tell whether the line was indented with a tab, which is reported already."""
        start = line_start(self.text.text, complaint.place[0])
        line = self.text.original(start, line_end(self.text.text, start))
        return self._has_tabs and "\t" in line[: len(line) - len(line.lstrip())]

    def _leave_out(self, start: int, end: int, kind: str) -> None:
        text = self.text.text
        is_whole = not text[line_start(text, start) : start].strip()
        is_loose = is_whole or kind in ("quote", "bracket")
        self._damage.append(_Damage(start, end, indent_of(text, start), kind, is_loose))
        self.text.blank(start, end)

    def _echoes(self, damage: _Damage, complaint: Complaint) -> bool:
        text = self.text.text
        place = complaint.place[0]
        if line_start(text, damage.start) <= place <= line_end(text, damage.end):
            return True
        if place < damage.start:
            return False
        between = [
            len(line) - len(line.lstrip())
            for line in text[damage.end : line_end(text, place)].split("\n")[1:]
            if line.strip()
        ]
        if damage.is_loose and all(indent > damage.indent for indent in between):
            return True
        if complaint.kind and complaint.kind == damage.kind:
            return all(indent >= damage.indent for indent in between[:-1]) and damage.is_loose
        return False
