"""Makes the edits of findings in a file until none is left that is certain."""

from __future__ import annotations

from pathlib import Path

from compiler.cli.files import replace_text
from compiler.cli.sources import STDIN, analyze
from compiler.cli.terminal import put
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.fix import apply_fixes

_ROUNDS = 8
"""A fix may uncover the next mistake; each round can only make fewer, this bounds a bug."""


def fix_file(path: str, stdin: bytes | None) -> tuple[tuple[Diagnostic, ...], int]:
    """Fix a file in place, or stdin to stdout; return what is left and how many findings were fixed."""
    from compiler import api

    analysis = analyze(path, stdin)
    before = analysis.source.text if analysis.source is not None else None
    fixed = 0
    for _ in range(_ROUNDS):
        source = analysis.source
        if source is None:
            break
        text, count = apply_fixes(source, analysis.diagnostics)
        if not count or text == source.text:
            break
        fixed += count
        folder = Path() if path == STDIN else Path(path).parent
        analysis = api.check_bytes(source.path, text.encode(), folder)
    after = analysis.source.text if analysis.source is not None else None
    if path == STDIN:
        put(after if after is not None else (stdin or b"").decode(errors="replace"))
    elif after is not None and after != before:
        replace_text(Path(path), after)
    return analysis.diagnostics, fixed
