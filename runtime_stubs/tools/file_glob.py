# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`file_glob`: which files there are below the given folders."""

import asyncio
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from ..errors import ToolError
from ..tool import Tool
from .root import HAS_OPENAT, Roots
from .schema import parameters, string

__all__ = ["file_glob"]

MAX_PATTERN = 200
MAX_STARS = 8


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
            for path in _walk(allowed, str(root), hidden):
                if matches.fullmatch(path):
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


def _matcher(pattern: str) -> re.Pattern[str]:
    if len(pattern) > MAX_PATTERN or pattern.count("*") > MAX_STARS:
        raise ToolError(f"a pattern has at most {MAX_PATTERN} characters and {MAX_STARS} stars")
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise ToolError(f"`{pattern}` leads outside: a pattern is relative to the folder")
    parts: list[str] = []
    for token in re.findall(
        r"\*\*/?|\*|\?|\[!?\]?[^\]]*\]|.", pattern.removeprefix("./"), re.DOTALL
    ):
        if token == "**/":
            parts.append("(?:[^/]+/)*")
        elif token == "**":
            parts.append(".*")
        elif token == "*":
            parts.append("[^/]*")
        elif token == "?":
            parts.append("[^/]")
        elif len(token) > 2 and token.startswith("["):
            inner = re.sub(r"([\\\[\]^])", r"\\\1", token[1:-1].removeprefix("!"))
            parts.append(f"[{'^/' if token[1] == '!' else ''}{inner}]")
        else:
            parts.append(re.escape(token))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        raise ToolError(f"`{pattern}` is not a pattern") from None
