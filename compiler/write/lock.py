"""Holds an output folder against a second build, where the system can."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from compiler.write.paths import WriteError


@contextlib.contextmanager
def only_build(root: Path) -> Iterator[None]:
    """Hold an existing folder; the system lets go of it when the process ends, however it ends.

    Raises:
        WriteError: another build holds it.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WriteError(f"`{root}`: another build is writing here") from None
        yield
    finally:
        os.close(handle)
