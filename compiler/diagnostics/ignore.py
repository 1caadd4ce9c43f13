"""Comments that silence a finding: `# agentc: ignore[AC531] the reason`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compiler.diagnostics.codes import CODES
from compiler.diagnostics.diagnostic import Diagnostic, Fix
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.record import dataclass

MARKER = "agentc: ignore"

_COMMENT = re.compile(r"#\s*agentc: ignore\b(?:\[([^\]]*)\])?")
_CODE = re.compile(r"[^\s,]+")


@dataclass(frozen=True, slots=True)
class _Ignore:
    """One code in one comment, and the line whose findings it silences."""

    code: str
    span: Span
    line: int
    comment: Span


def apply_ignores(
    source: SourceFile, diagnostics: Iterable[Diagnostic], comments: Iterable[Span]
) -> list[Diagnostic]:
    """Return the findings that no comment silences, and AC112 for comments that silence nothing.

    A comment counts for the findings that start on its line, or, where it stands alone, on the next line
    that is not such a comment. While errors are left, later stages have not run, so that a comment that
    seems unused is not reported.

    Args:
        comments: where comments with `MARKER` stand in `source`; `syntax.find_comments` finds them.
    """
    sink = Sink()
    ignores = _read(source, list(comments), sink)
    used: set[int] = set()
    for diagnostic in diagnostics:
        matching = [n for n, ignore in enumerate(ignores) if _silences(ignore, diagnostic)]
        used.update(matching)
        if not matching:
            sink.add(diagnostic)
    unused = [ignore for n, ignore in enumerate(ignores) if n not in used]
    certain = [ignore for ignore in unused if not _can_be_ignored(ignore.code)]
    for ignore in certain if sink.has_errors else unused:
        _report(ignore, [other.span for other in unused if other.comment == ignore.comment], sink)
    return list(sink.diagnostics)


def _read(source: SourceFile, comments: list[Span], sink: Sink) -> list[_Ignore]:
    lines = {comment.line for comment in comments}
    found: list[_Ignore] = []
    for comment in comments:
        match = _COMMENT.match(source.text, comment.start, comment.end)
        if match is None:
            continue
        line = comment.line
        if _stands_alone(source, comment):
            line += 1
            while line in lines and not source.line_text(line).partition("#")[0].strip():
                line += 1
        codes = list(_CODE.finditer(source.text, *match.span(1))) if match.group(1) else []
        if not codes:
            sink.report(
                "AC112",
                Span(source, match.start(), match.end()),
                "this ignore comment names no code",
                help="write the codes in brackets: `# agentc: ignore[AC531] reason`",
            )
        for code in codes:
            span = Span(source, code.start(), code.end())
            found.append(_Ignore(code.group(), span, line, comment))
    return found


def _stands_alone(source: SourceFile, comment: Span) -> bool:
    start = source.text.rfind("\n", 0, comment.start) + 1
    return not source.text[start : comment.start].strip()


def _can_be_ignored(code: str) -> bool:
    """Tell whether a code exists and is not about broken YAML or a bug."""
    return code in CODES and not code.startswith("AC1") and code != "AC999"


def _silences(ignore: _Ignore, diagnostic: Diagnostic) -> bool:
    if diagnostic.code != ignore.code or not diagnostic.labels:
        return False
    span = diagnostic.primary
    return (
        _can_be_ignored(ignore.code)
        and span.source == ignore.span.source
        and span.line == ignore.line
    )


def _report(ignore: _Ignore, unused: list[Span], sink: Sink) -> None:
    code = ignore.code
    if code not in CODES:
        message = f"`{code}` is not a code"
    elif not _can_be_ignored(code):
        message = f"`{code}` cannot be ignored"
    else:
        message = f"there is no `{code}` to ignore on line {ignore.line}"
    fix = _removal(ignore.comment, unused)
    sink.report("AC112", ignore.span, message, help="remove it from the comment", fix=(fix,))


def _removal(comment: Span, unused: list[Span]) -> Fix:
    """Return the edit that takes all unused codes of a comment out, or the whole comment."""
    source = comment.source
    match = _COMMENT.match(source.text, comment.start, comment.end)
    low, high = match.span(1) if match else (comment.start, comment.end)
    starts = {span.start for span in unused}
    codes = list(_CODE.finditer(source.text, low, high))
    kept = [code.group() for code in codes if code.start() not in starts]
    if kept:
        return Fix(Span(source, low, high), ", ".join(kept))
    line = source.text.rfind("\n", 0, comment.start) + 1
    before = source.text[line : comment.start]
    if before.strip():
        return Fix(Span(source, line + len(before.rstrip()), comment.end), "")
    after = source.text.find("\n", comment.end)
    return Fix(Span(source, line, len(source.text) if after < 0 else after + 1), "")
