"""Makes the edits of findings in a file until none is left that is certain."""

from __future__ import annotations

from pathlib import Path

import click

from compiler.cli.sources import STDIN, analyze
from compiler.cli.terminal import put
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.fix import apply_fixes

_ROUNDS = 8
"""A fix may uncover the next mistake; each round can only make fewer, this bounds a bug."""
_MARK = b"\xef\xbb\xbf"


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
        _replace(Path(path), after)
    return analysis.diagnostics, fixed


def _replace(path: Path, text: str) -> None:
    """Put a text in place of a file's, whole or not at all; its byte order mark stays."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.agentc")
    try:
        mark = _MARK if target.read_bytes().startswith(_MARK) else b""
        draft.write_bytes(mark + text.encode())
        draft.chmod(target.stat().st_mode & 0o7777)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise click.FileError(str(path), (error.strerror or str(error)).lower()) from error
