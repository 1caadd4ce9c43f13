"""Builds again whenever one of the files changes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeAlias

from compiler.cli.terminal import say

_PAUSE: Final = 0.25
"""Seconds between two looks; a change is taken up when nothing moved between two of them."""

_Stamp: TypeAlias = tuple[int, int, int] | None


def watch(build: Callable[[], tuple[int, Iterable[Path]]]) -> int:
    """Call `build` now and after each change of the files it names; only an interrupt ends this."""
    gc.enable()  # this process lives long
    while True:
        _, files = build()
        known = {path: _stamp(path) for path in files}
        say(f"watching {len(known)} file{'s' if len(known) != 1 else ''}; Ctrl-C ends this")
        _wait_for_change(known)


def _wait_for_change(known: dict[Path, _Stamp]) -> None:
    before = known
    while True:
        time.sleep(_PAUSE)
        now = {path: _stamp(path) for path in known}
        if now != known and now == before:
            return
        before = now


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
