"""Applies the fixes of diagnostics to a source text."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.span import SourceFile

_Edit = tuple[int, int, str]


def apply_fixes(source: SourceFile, diagnostics: Iterable[Diagnostic]) -> tuple[str, int]:
    """Return the text of `source` with fixes made, and how many diagnostics were fixed.

    A diagnostic is fixed as a whole or not at all: where its edits touch those of an earlier one, the
    earlier one wins, unless the edits are the same. Edits in other files are left to a call for those.
    """
    accepted: list[_Edit] = []
    fixed = 0
    for diagnostic in diagnostics:
        edits = [
            (fix.span.start, fix.span.end, fix.replacement)
            for fix in diagnostic.fix
            if fix.span.source is source or fix.span.source == source
        ]
        new = [edit for edit in dict.fromkeys(edits) if edit not in accepted]
        if edits and not _clash(new, accepted):
            accepted += new
            fixed += 1
    parts: list[str] = []
    at = 0
    for start, end, replacement in sorted(accepted):
        parts += (source.text[at:start], replacement)
        at = end
    return "".join((*parts, source.text[at:])), fixed


def _clash(new: list[_Edit], accepted: list[_Edit]) -> bool:
    """Tell whether any new edit overlaps another one; two insertions at one place overlap too."""
    for number, edit in enumerate(new):
        others = accepted + new[:number]
        if any(edit[0] < other[1] and other[0] < edit[1] for other in others):
            return True
        if any(edit[:2] == other[:2] for other in others):
            return True
    return False
