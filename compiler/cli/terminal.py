"""Output: data on stdout, prose on stderr, colour for people only, and a closed pipe is no news."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO


def put(text: str) -> None:
    """Write data to stdout."""
    _write(sys.stdout, text)


def say(text: str) -> None:
    """Write a line of prose to stderr."""
    _write(sys.stderr, text + "\n")


def shown(path: str) -> str:
    """Return a path for prose: what would break the line or the terminal is replaced."""
    return "".join(char if char.isprintable() else "\ufffd" for char in path)


def wants_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream is to be coloured: NO_COLOR and FORCE_COLOR count before what it is."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def prepare_streams() -> None:
    """Let stdout take every text: what the terminal cannot show is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # Nobody reads any more. The exit code must still say what was found, and Python must not
        # complain when it flushes at the end.
        with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), stream.fileno())
