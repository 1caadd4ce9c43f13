"""The files a workflow may refer to, and the paths it may use for that."""

from __future__ import annotations

import posixpath
import re
from typing import Protocol

_DRIVE = re.compile(r"[A-Za-z]:")


class Files(Protocol):
    """Reads files beside the workflow. Paths are posix, relative to the workflow file's folder.

    The implementation must not follow links out of that folder: only it can see them.
    """

    def read_text(self, path: str) -> str | None:
        """Return the text of a file, None when there is none or it is not UTF-8."""
        ...

    def exists(self, path: str) -> bool:
        """Tell whether there is such a file."""
        ...

    def siblings(self, path: str) -> list[str]:
        """Return the paths of the files in the folder that `path` is in, to guess what was meant."""
        ...


def inner_path(text: str) -> str | None:
    """Return `text` as a plain relative path (`./a/../b.md` is `b.md`); None when it leaves the folder.

    Absolute paths, home folders, drives and backslashes leave it too: they mean other things elsewhere.
    """
    path = posixpath.normpath(text) if text else "."
    if path == "." or path == ".." or path.startswith(("../", "/", "~")):
        return None
    if "\\" in path or "\0" in path or _DRIVE.match(path):
        return None
    return path
