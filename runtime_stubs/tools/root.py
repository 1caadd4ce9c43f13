# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Files below given folders and nowhere else, whatever links or races there are.

Each part of a path is opened relative to the folder before it and symbolic links are not followed,
so no check can be outrun: what was checked is what is open.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ToolError

__all__ = ["Place", "Roots"]

# Where a system has no O_NOFOLLOW and openat (Windows), the path is resolved and compared instead.
HAS_OPENAT = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
DIRECTORY = getattr(os, "O_DIRECTORY", 0)
NONBLOCK = getattr(os, "O_NONBLOCK", 0)
BINARY = getattr(os, "O_BINARY", 0)
NO_LINKS = {errno.EPERM, errno.EXDEV, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


@dataclass(frozen=True, slots=True)
class Place:
    """A name in an open folder: `folder` is a descriptor (None: `name` is a full path)."""

    folder: int | None
    name: str
    shown: str

    def open(self, flags: int) -> int:
        """Open it without following a link; ToolError says why not."""
        with told(self.shown):
            return os.open(
                self.name, flags | NOFOLLOW | NONBLOCK | BINARY, 0o644, dir_fd=self.folder
            )

    def open_regular(self, flags: int) -> int:
        """Open it if it is an ordinary file (a pipe or device would hold up the run)."""
        descriptor = self.open(flags)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        raise ToolError(f"`{self.shown}` is not an ordinary file")

    def become(self, draft: "Place", *, overwrite: bool) -> None:
        """Take over another place's file; without `overwrite` only if nothing is here.

        Nothing that somebody else makes here meanwhile is lost: a link is refused where a name is
        taken, which no look beforehand can promise.
        """
        with told(self.shown):
            if not overwrite and os.link in os.supports_dir_fd:
                try:
                    os.link(
                        draft.name,
                        self.name,
                        src_dir_fd=draft.folder,
                        dst_dir_fd=self.folder,
                        follow_symlinks=False,
                    )
                except FileExistsError:
                    raise ToolError(f"`{self.shown}` exists already") from None
                except OSError as error:
                    if error.errno not in NO_LINKS:
                        raise
                else:
                    os.unlink(draft.name, dir_fd=draft.folder)
                    return
            if not overwrite and self.exists():
                raise ToolError(f"`{self.shown}` exists already")
            os.replace(draft.name, self.name, src_dir_fd=draft.folder, dst_dir_fd=self.folder)

    def exists(self) -> bool:
        """Say whether there is something of this name, a dangling link included."""
        with contextlib.suppress(FileNotFoundError), told(self.shown, missing=False):
            os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
            return True
        return False


class Roots:
    """The folders a tool may use; relative paths start at the first."""

    def __init__(self, roots: Sequence[str]) -> None:
        if not roots:
            raise ToolError("no folder was given in `roots`")
        self.folders = [Path(root).expanduser() for root in roots]

    def split(self, path: str) -> tuple[Path, list[str]]:
        """Return the root `path` is in and the parts below it; ToolError if it is in none."""
        if "\0" in path:
            raise ToolError("a path cannot hold a null character")
        # Links are never followed, so `..` can be taken back without looking at the disk.
        for folder in self.folders:
            root = Path(os.path.realpath(folder))
            for start in (root, Path(os.path.abspath(folder))):  # not resolve(): it keeps links
                wanted = Path(os.path.normpath(start / path))
                if wanted.is_relative_to(start):
                    return root, list(wanted.relative_to(start).parts)
        shown = ", ".join(f"`{folder}`" for folder in self.folders)
        raise ToolError(f"`{path}` is outside of the folders this tool may use: {shown}")

    @contextlib.contextmanager
    def folder(self, path: str, *, create: bool = False) -> Iterator[int]:
        """Open the folder `path` and give its descriptor."""
        root, parts = self.split(path)
        descriptor = self._descend(root, parts, path, create)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def place(self, path: str, *, create: bool = False) -> Iterator[Place]:
        """Open the folder that holds `path`; `create` makes missing folders."""
        root, parts = self.split(path)
        if not parts:
            raise ToolError(f"`{path}` is a folder")
        if not HAS_OPENAT:
            yield self._resolved(root, parts, path, create)
            return
        descriptor = self._descend(root, parts[:-1], path, create)
        try:
            yield Place(descriptor, parts[-1], path)
        finally:
            os.close(descriptor)

    def _descend(self, root: Path, parts: Sequence[str], shown: str, create: bool) -> int:
        with told(str(root)):
            if create:
                root.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(root, os.O_RDONLY | DIRECTORY)
        for part in parts:
            try:
                with told(shown):
                    if create:
                        with contextlib.suppress(FileExistsError):
                            os.mkdir(part, dir_fd=descriptor)
                    deeper = os.open(part, os.O_RDONLY | DIRECTORY | NOFOLLOW, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = deeper
        return descriptor

    def _resolved(self, root: Path, parts: Sequence[str], shown: str, create: bool) -> Place:
        wanted = root.joinpath(*parts)
        if not Path(os.path.realpath(wanted)).is_relative_to(root) or wanted.is_symlink():
            raise ToolError(f"`{shown}` leads outside of the folders this tool may use")
        if create:
            wanted.parent.mkdir(parents=True, exist_ok=True)
        return Place(None, str(wanted), shown)


@contextlib.contextmanager
def told(shown: str, *, missing: bool = True) -> Iterator[None]:
    """Turn errors of the file system into ToolErrors that name `shown`."""
    try:
        yield
    except FileNotFoundError:
        if not missing:
            raise
        raise ToolError(f"`{shown}` does not exist") from None
    except NotADirectoryError:
        raise ToolError(f"`{shown}` leads through something that is not a folder") from None
    except IsADirectoryError:
        raise ToolError(f"`{shown}` is a folder") from None
    except OSError as error:
        if error.errno == errno.ELOOP or "symbolic link" in str(error):  # O_NOFOLLOW met one
            raise ToolError(f"`{shown}` leads through a symbolic link") from None
        raise ToolError(f"`{shown}`: {error.strerror or error}") from None
