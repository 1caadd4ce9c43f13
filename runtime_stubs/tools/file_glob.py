# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`file_glob`: which files there are below the given folders."""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from pathlib import PurePosixPath

from ..errors import ToolError
from ..tool import Tool
from .root import HAS_OPENAT, Roots
from .schema import parameters, string

__all__ = ["file_glob"]

MAX_PATTERN = 200
MAX_ENTRIES = 200_000  # looked at in one search


def file_glob(
    *, roots: Sequence[str] = (".",), max_results: int = 1000, hidden: bool = False
) -> Tool:
    """Make a tool that lists the files that match a pattern, in order, without following links.

    Paths are relative to the first root; those of other roots are full paths.
    """
    allowed = Roots(roots)

    def find(pattern: str) -> list[str]:
        matches = _matcher(pattern)
        found: list[str] = []
        for number, root in enumerate(allowed.folders):
            for seen, path in enumerate(_walk(allowed, str(root), hidden)):
                if seen >= MAX_ENTRIES:
                    raise ToolError(f"there are more than {MAX_ENTRIES} files below `{root}`")
                if matches(path):
                    found.append(path if number == 0 else str(root / path))
                    if len(found) > max_results:
                        raise ToolError(
                            f"more than {max_results} files match `{pattern}`: narrow it down"
                        )
        return sorted(found)

    async def call(pattern: str) -> list[str]:
        return await asyncio.to_thread(find, pattern)

    return Tool(
        name="file_glob",
        description="List files whose path matches a pattern such as `**/*.md`.",
        parameters=parameters({"pattern": string("Pattern with `*`, `?`, `[…]` and `**`")}),
        call=call,
        read_only=True,
        effects=frozenset({"files"}),
        returns={"type": "array", "items": {"type": "string"}},
    )


def _walk(allowed: Roots, root: str, hidden: bool) -> Iterator[str]:
    full = os.path.realpath(root)
    if sys.platform == "win32" or not HAS_OPENAT:
        yield from _names(full, os.walk(full), hidden)
        return
    with allowed.folder(full) as descriptor:
        walk = os.fwalk(".", dir_fd=descriptor)
        yield from _names(".", ((entry[0], entry[1], entry[2]) for entry in walk), hidden)


def _names(
    root: str, walk: Iterable[tuple[str, list[str], list[str]]], hidden: bool
) -> Iterator[str]:
    for folder, folders, files in walk:
        folders[:] = sorted(name for name in folders if hidden or not name.startswith("."))
        here = PurePosixPath(os.path.relpath(folder, root))
        for name in sorted(files):
            if hidden or not name.startswith("."):
                yield str(here / name)


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Return whether a path matches; takes time in proportion to both lengths, whatever they are."""
    if len(pattern) > MAX_PATTERN:
        raise ToolError(f"a pattern has at most {MAX_PATTERN} characters")
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise ToolError(f"`{pattern}` leads outside: a pattern is relative to the folder")
    # A part of a path is matched by itself. What `translate` makes of it never tries a way twice.
    parts = [
        None if part == "**" else re.compile(translate(part))
        for part in pattern.removeprefix("./").split("/")
    ]

    def matches(path: str) -> bool:
        reached = _past_any({0}, parts)  # how many parts of the pattern may be used up so far
        for name in path.split("/"):
            after = {
                at if part is None else at + 1
                for at in reached
                if at < len(parts) and ((part := parts[at]) is None or part.match(name))
            }
            reached = _past_any(after, parts)
        return len(parts) in reached

    return matches


def _past_any(reached: set[int], parts: Sequence[re.Pattern[str] | None]) -> set[int]:
    """Add what lies behind `**`, which also stands for no folder at all."""
    found = set(reached)
    for at in sorted(reached):
        while at < len(parts) and parts[at] is None:
            at += 1
            found.add(at)
    return found
