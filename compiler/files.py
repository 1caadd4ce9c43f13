"""The files beside a workflow: the only place where the compiler reads the user's disk."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from compiler.record import dataclass

LIMIT = 4 * 1024 * 1024
"""Bytes of one file that is read; larger ones count as unreadable."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that nothing read through it can leave, links included. Paths are posix, relative."""

    root: Path
    seen: set[Path] = field(default_factory=set, compare=False, repr=False)
    """Every file that was looked for, there or not; the folders `below` add theirs."""

    def read_bytes(self, path: str) -> bytes | None:
        """Return a file's bytes, None when there is no such readable file in the folder."""
        self.seen.add(self.root / path)
        found = self._inside(path)
        try:
            if found is None or not found.is_file() or found.stat().st_size > LIMIT:
                return None
            return found.read_bytes()
        except OSError:
            return None

    def read_text(self, path: str) -> str | None:
        """Return a file's text, None when there is none or it is not UTF-8."""
        data = self.read_bytes(path)
        try:
            return None if data is None else data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        self.seen.add(self.root / path)
        found = self._inside(path)
        return found is not None and found.is_file()

    def siblings(self, path: str) -> list[str]:
        """Return the files in the folder that `path` is in, sorted."""
        found = self._inside(str(Path(path).parent))
        try:
            if found is None or not found.is_dir():
                return []
            root = self.root.resolve()
            return sorted(
                each.relative_to(root).as_posix() for each in found.iterdir() if each.is_file()
            )
        except OSError:
            return []

    def below(self, folder: str) -> Folder:
        """Return a folder inside of this one, for the files that a sub-workflow refers to."""
        return Folder(self.root / folder, self.seen)

    def _inside(self, path: str) -> Path | None:
        try:
            root = self.root.resolve()
            found = (root / path).resolve()
        except (OSError, ValueError):
            return None
        return found if found == root or root in found.parents else None
