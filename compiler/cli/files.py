"""Writes to the user's own files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

_MARK: Final = b"\xef\xbb\xbf"


def replace_text(path: Path, text: str) -> None:
    """Put a text in place of a file's, whole or not at all; its byte order mark and rights stay.

    Raises:
        click.FileError: the file cannot be written.
    """
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
