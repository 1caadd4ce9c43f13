"""The folder of builds that `agentc run` made, named after everything that went into them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final

from compiler import __version__
from compiler.assets import asset_folder
from compiler.write import MANIFEST

_KEPT: Final = 40
_MIN_AGE: Final = 7 * 24 * 3600
"""Seconds; a younger build may be running."""


def cache_folder() -> Path:
    """Return the folder of this user's builds: `AGENTC_CACHE`, else where the system keeps caches."""
    own = os.environ.get("AGENTC_CACHE")
    if own:
        return Path(own).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData/Local") / "agentc" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/agentc"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "agentc"


def build_key(name: str, data: bytes, seen: tuple[Path, ...], level: int) -> str:
    """Return the name of the build of a source: equal for equal bytes of all files it depends on.

    Args:
        name: of the workflow file.
        data: its text.
        seen: the files beside it that were looked for.
    """
    digest = hashlib.sha256()
    for part in (__version__, _checkout_state(), str(level), name):
        digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
    digest.update(hashlib.sha256(data).digest())
    for path in seen:
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
        with contextlib.suppress(OSError):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:24]


def prune(cache: Path) -> None:
    """Remove the builds that were not used for longest; failing to is no trouble."""
    with contextlib.suppress(OSError):
        builds = [path for path in cache.iterdir() if (path / MANIFEST).is_file()]
        builds.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in builds[_KEPT:]:
            if time.time() - path.stat().st_mtime > _MIN_AGE:
                shutil.rmtree(path, ignore_errors=True)


def _checkout_state() -> str:
    """Tell states of a checkout of agentc apart, where the version stays the same while files change."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file():
        return ""
    folders = (root / "compiler", asset_folder("templates"), asset_folder("runtime_stubs"))
    stamps = [
        entry.stat().st_mtime_ns
        for folder in folders
        for entry in folder.rglob("*")
        if entry.suffix != ".pyc" and "__pycache__" not in entry.parts
    ]
    return f"{len(stamps)}-{max(stamps)}"
