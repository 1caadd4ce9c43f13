"""Where stages leave their findings."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.span import Span


class Sink:
    """Collects diagnostics of one compilation; the order of reporting does not matter."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int, int, str], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic; one that is equal in code, place and message is kept once."""
        place = ("", 0, 0)
        if diagnostic.labels:
            span = diagnostic.primary
            place = (span.source.path, span.start, span.end)
        path, start, end = place
        key = (path, diagnostic.code, start, end, diagnostic.message)
        self._found.setdefault(key, diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep several diagnostics."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        label: str = "",
        related: Iterable[Label] = (),
        notes: Iterable[str] = (),
        help: str | None = None,
        fix: Iterable[Fix] = (),
    ) -> None:
        """Build a diagnostic and keep it."""
        labels = (Label(span, label), *related)
        self.add(Diagnostic(code, message, labels[:3], tuple(notes), help, tuple(fix)))

    def report_unknown(
        self, code: str, span: Span, message: str, found: str, known: Iterable[str], *, what: str
    ) -> None:
        """Report a name that does not exist, with the nearest one as help and fix, else the list."""
        names = list(known)
        near = nearest(found, names)
        text = span.source.text[span.start : span.end]
        fix = (Fix(span, text.replace(found, near)),) if near and text.count(found) == 1 else ()
        shown = ", ".join(f"`{name}`" for name in sorted(names)[:12])
        rest = f" and {len(names) - 12} more" if len(names) > 12 else ""
        # A part of a long list is no news beside the name that was meant.
        listed = (f"known {what}: {shown}{rest}",) if not (near and rest) else ()
        self.report(
            code,
            span,
            message,
            notes=listed if names else (f"there are no {what} here",),
            help=f"did you mean `{near}`?" if near else None,
            fix=fix,
        )

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings, ordered by file, place, code and message."""
        return tuple(self._found[key] for key in sorted(self._found, key=_order))

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(d.severity is Severity.ERROR for d in self._found.values())


def _order(key: tuple[str, str, int, int, str]) -> tuple[str, int, str, int, str]:
    path, code, start, end, message = key
    return path, start, code, end, message
