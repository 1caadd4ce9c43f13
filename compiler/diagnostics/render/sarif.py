"""Diagnostics as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from compiler.diagnostics.codes import get_code
from compiler.diagnostics.diagnostic import Diagnostic, Fix
from compiler.diagnostics.render.json import Json
from compiler.diagnostics.span import Span

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def render_sarif(diagnostics: Iterable[Diagnostic], *, version: str) -> str:
    """Return a SARIF log with one run, indented, with a final line break.

    Args:
        version: of this tool.
    """
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    rules = {code: index for index, code in enumerate(codes)}
    seen: Counter[str] = Counter()
    log: Json = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "agentc",
                        "version": version,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic, rules, seen) for diagnostic in found],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(code: str) -> Json:
    registered = get_code(code)
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in registered.slug.split("-")),
        "shortDescription": {"text": registered.summary},
        "defaultConfiguration": {"level": registered.severity},
    }


def _result(found: Diagnostic, rules: dict[str, int], seen: Counter[str]) -> Json:
    remarks = [f"note: {note}" for note in found.notes]
    remarks += [f"help: {found.help}"] if found.help is not None else []
    result: dict[str, Json] = {
        "ruleId": found.code,
        "ruleIndex": rules[found.code],
        "level": found.severity.value,
        "message": {"text": "\n".join([found.message, *remarks])},
        "partialFingerprints": {"agentcFinding/v1": _fingerprint(found, seen)},
    }
    if found.labels:
        result["locations"] = [_location(found.labels[0].span)]
    if len(found.labels) > 1:
        result["relatedLocations"] = [
            {
                **_location(label.span),
                "id": number,
                "message": {"text": label.text or found.message},
            }
            for number, label in enumerate(found.labels[1:], 1)
        ]
    if found.fix:
        result["fixes"] = [_fix(found)]
    return result


def _location(span: Span) -> dict[str, Json]:
    return {"physicalLocation": {"artifactLocation": _artifact(span), "region": _region(span)}}


def _artifact(span: Span) -> Json:
    path = span.source.path.replace("\\", "/")
    uri = quote(path, safe="/~", errors="replace")
    if _DRIVE.match(span.source.path):
        return {"uri": f"file:///{path[:2]}{quote(path[2:], safe='/~', errors='replace')}"}
    return {"uri": f"file://{uri}" if path.startswith("/") else uri}


def _region(span: Span) -> Json:
    start = span.source.position(span.start)
    end = span.source.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _fix(found: Diagnostic) -> Json:
    by_file: dict[str, list[Fix]] = {}
    for fix in found.fix:
        by_file.setdefault(fix.span.source.path, []).append(fix)
    return {
        "description": {"text": found.help or "apply the change"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(fixes[0].span),
                "replacements": [
                    {
                        "deletedRegion": _region(fix.span),
                        "insertedContent": {"text": fix.replacement},
                    }
                    for fix in fixes
                ],
            }
            for fixes in by_file.values()
        ],
    }


def _fingerprint(found: Diagnostic, seen: Counter[str]) -> str:
    """Return what stays the same when lines are added above: code, file, line text and message."""
    parts = [found.code, found.message]
    if found.labels:
        span = found.labels[0].span
        parts += [span.source.path, span.source.line_text(span.line).strip()]
    import hashlib  # OpenSSL takes milliseconds to load, and other formats do without

    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
