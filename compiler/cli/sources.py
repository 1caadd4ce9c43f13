"""Finds the workflow files that a command line means, and reads them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compiler.cli.internal import internal_error, print_traceback

if TYPE_CHECKING:
    from compiler.api import Analysis

STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"

_SECTION = re.compile(
    rb"^[ {]{0,2}[\"']?(flow|nodes|edges|state|schema_version)[\"']?[ \t]*:", re.MULTILINE
)
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "mlruns"})
_HEAD: Final = 256 * 1024
_STDIN_LIMIT: Final = 16 * 1024 * 1024


def looks_like_workflow(path: Path) -> bool:
    """Tell whether a YAML file has two of the sections that only workflows have, without parsing it."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return len(set(_SECTION.findall(head))) >= 2


def find_workflows(folder: Path) -> Iterator[Path]:
    """Yield the workflow files below a folder, sorted; hidden and installed folders are left out."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _SKIPPED
        )
        for name in sorted(files):
            path = Path(here) / name
            if path.suffix in (".yaml", ".yml") and looks_like_workflow(path):
                yield path


def expand(paths: Iterable[str]) -> list[str]:
    """Return the files that are meant, each once: folders are searched, `-` stands for stdin."""
    found: list[str] = []
    for path in paths:
        if path != STDIN and Path(path).is_dir():
            found += map(str, find_workflows(Path(path)))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read_stdin() -> bytes:
    """Return what stdin holds; more than any workflow may have is cut off and reported as too large."""
    return sys.stdin.buffer.read(_STDIN_LIMIT)


def analyze(path: str, stdin: bytes | None = None) -> Analysis:
    """Analyze a file, or stdin for `-`; a bug of agentc becomes a finding, so that others go on.

    Args:
        stdin: what stdin held, if it was read before.
    """
    from compiler import api

    name = STDIN_NAME if path == STDIN else path
    try:
        if path == STDIN:
            data = read_stdin() if stdin is None else stdin
            return api.check_bytes(STDIN_NAME, data, Path())
        return api.check(Path(path))
    except Exception as error:  # noqa: BLE001 - a bug of any kind must end as AC999
        print_traceback(error)
        return api.Analysis(None, None, None, None, (internal_error(error, name),))
