"""A syntax error in the words of this compiler, and what to leave out to read on."""

from __future__ import annotations

import yaml

from compiler.diagnostics.diagnostic import Diagnostic, Fix, Label
from compiler.record import dataclass
from compiler.syntax.events import bounds_of
from compiler.syntax.text import YamlText

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Failure:
    """Where and why the YAML library stopped; offsets are those of the text.

    Args:
        problem: the library's own words, in lower case; only ever compared, never shown.
        context: what it was doing, in its own words.
        at: where it stopped.
        context_at: where the thing it was reading starts.
        last: the event before the failure.
        last_start: where the node that `last` ends, or is, starts.
        last_end: where it ends.
        bracket_at: where the innermost open `[` or `{` stands, or -1.
    """

    problem: str
    context: str
    at: int
    context_at: int
    last: yaml.Event | None
    last_start: int
    last_end: int
    bracket_at: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """What to say about a failure; all ranges are offsets of the text.

    Args:
        place: the primary label.
        message: the diagnostic's message.
        blank: what to leave out for the next round.
        code: almost always AC101.
        label: words under the primary carets.
        related: one more place with its words.
        notes: facts.
        help: what to do.
        edits: a fix that is certain.
        repairs: same-length replacements that make the text readable without leaving anything out.
        kind: two complaints of one kind, side by side, have one cause.
    """

    place: Range
    message: str
    blank: Range | None = None
    code: str = "AC101"
    label: str = ""
    related: tuple[tuple[Range, str], ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    edits: tuple[tuple[Range, str], ...] = ()
    repairs: tuple[tuple[int, str], ...] = ()
    kind: str = ""

    def diagnostic(self, text: YamlText) -> Diagnostic:
        """Return the complaint with spans of the source."""
        labels = (
            Label(text.span(*self.place), self.label),
            *(Label(text.span(*place), words) for place, words in self.related),
        )
        fix = tuple(Fix(text.span(*place), new) for place, new in self.edits)
        return Diagnostic(self.code, self.message, labels, self.notes, self.help, fix)


def failure_of(
    error: yaml.MarkedYAMLError, last: yaml.Event | None, last_start: int, bracket_at: int
) -> Failure:
    """Read the library's exception."""
    at = error.problem_mark.index if error.problem_mark else 0
    context_at = error.context_mark.index if error.context_mark else at
    last_end = bounds_of(last)[1] if last is not None else 0
    problem = (error.problem or "").lower()
    context = error.context or ""
    return Failure(problem, context, at, context_at, last, last_start, last_end, bracket_at)
