"""Paths inside the output folder: which are allowed, and what stands on disk there."""

from __future__ import annotations

import os
import re
import stat
from enum import Enum, auto
from pathlib import Path
from typing import Final

from compiler.record import dataclass

STATE_FOLDER: Final = ".agentc"
"""Where the manifest and the files of a running build are, below the output folder."""

_FORBIDDEN = re.compile(r"[\\:\x00-\x1f\x7f]")


class WriteError(Exception):
    """A file or folder cannot be read or written; the text says which and why."""

    @classmethod
    def of(cls, error: OSError, path: Path) -> WriteError:
        """Return the error for what the system said about `path`."""
        shown = error.filename if isinstance(error.filename, str) else path
        return cls(f"`{shown}`: {(error.strerror or str(error)).lower()}")


class Thing(Enum):
    """What stands at a path."""

    MISSING = auto()
    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    OTHER = auto()
    """A device, a socket, or a file where a folder on the way should be."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found looking for a path: the thing, and the part of the path where it stands."""

    thing: Thing
    at: str


def is_inner_path(path: str) -> bool:
    """Tell whether a posix path is plain and relative and so stays inside whatever folder it is put in."""
    parts = path.split("/")
    return not _FORBIDDEN.search(path) and all(part not in ("", ".", "..") for part in parts)


def look(root: Path, path: str) -> Sight:
    """Look at `path` below `root` without following any link on the way.

    Raises:
        WriteError: a folder on the way may not be searched.
    """
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        at = "/".join(parts[:count])
        thing = _thing(root / at)
        if thing is Thing.FOLDER and count < len(parts):
            continue
        if thing is Thing.FILE and count < len(parts):
            thing = Thing.OTHER
        return Sight(thing, at)
    raise AssertionError("a path has at least one part")


def _thing(path: Path) -> Thing:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Thing.MISSING
    except OSError as error:
        raise WriteError.of(error, path) from error
    if stat.S_ISLNK(mode):
        return Thing.LINK
    if stat.S_ISDIR(mode):
        return Thing.FOLDER
    return Thing.FILE if stat.S_ISREG(mode) else Thing.OTHER


def read_file(root: Path, path: str) -> bytes:
    """Return the bytes of a file that `look` has found.

    Raises:
        WriteError: it cannot be read.
    """
    try:
        return (root / path).read_bytes()
    except OSError as error:
        raise WriteError.of(error, root / path) from error


def files_below(root: Path, path: str) -> list[str]:
    """Return every entry below a folder that is not a folder, links included, byte code excluded."""
    found: list[str] = []
    for folder, names, files in os.walk(root / path):
        names[:] = [name for name in names if name != "__pycache__"]
        links = [name for name in names if (Path(folder) / name).is_symlink()]
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in [*files, *links]]
    return found
