"""Diagnostics for programs: one versioned JSON envelope, the same for findings and fatal errors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from compiler.diagnostics.diagnostic import Diagnostic, Severity
from compiler.diagnostics.span import SourceFile, Span

FORMAT_VERSION: Final = 1

Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def render_json(
    diagnostics: Iterable[Diagnostic],
    *,
    version: str,
    files: Sequence[str],
    extra: Mapping[str, Json] | None = None,
) -> str:
    """Return the envelope, indented, with a final line break.

    Args:
        version: of this tool.
        files: the paths that were read, as the user wrote them.
        extra: more top-level members, such as `cost`; they cannot replace those of the envelope.
    """
    found = list(diagnostics)
    counts = Counter(diagnostic.severity for diagnostic in found)
    envelope: dict[str, Json] = {
        "format_version": FORMAT_VERSION,
        "tool": {"name": "agentc", "version": version},
        "files": list(files),
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in found],
        "summary": {
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "notes": counts[Severity.NOTE],
        },
    }
    envelope |= {key: value for key, value in (extra or {}).items() if key not in envelope}
    return json.dumps(envelope, indent=2) + "\n"


def _diagnostic(found: Diagnostic) -> Json:
    labels = [{"span": _span(label.span), "text": label.text} for label in found.labels]
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": found.message,
        "span": labels[0]["span"] if labels else None,
        "labels": labels,
        "notes": list(found.notes),
        "help": found.help,
        "fix": [{"span": _span(fix.span), "replacement": fix.replacement} for fix in found.fix],
    }


def _span(span: Span) -> Json:
    return {
        "file": span.source.path,
        "start": _place(span.source, span.start),
        "end": _place(span.source, span.end),
    }


def _place(source: SourceFile, offset: int) -> Json:
    line, column = source.position(offset)
    return {"line": line, "column": column, "offset": offset}
