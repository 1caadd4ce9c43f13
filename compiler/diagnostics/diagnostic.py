"""One finding: what is wrong, where, what else it touches, and how to mend it."""

from __future__ import annotations

from enum import StrEnum

from compiler.diagnostics.codes import get_code
from compiler.diagnostics.span import Span
from compiler.record import dataclass


class Severity(StrEnum):
    """How much a finding weighs. Errors fail; warnings fail under `--strict`; notes never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A place with a few words under its carets."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that is certain to be right: put `replacement` where `span` is."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with a stable code.

    Args:
        code: a key of the registry in `codes.py`, such as `AC301`.
        message: lower case, no full stop, names things in backticks, says what was found.
        labels: places, the first is the primary one; at most three;
            none for an error that has no place.
        notes: further facts, such as what was expected.
        help: a command or an edit that mends it.
        fix: edits that `--fix` may make by itself.
    """

    code: str
    message: str
    labels: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: tuple[Fix, ...] = ()

    @property
    def severity(self) -> Severity:
        """The weight that the registry gives to the code."""
        return Severity(get_code(self.code).severity)

    @property
    def primary(self) -> Span:
        """The place the finding is reported at; ask only a finding that has labels."""
        return self.labels[0].span
