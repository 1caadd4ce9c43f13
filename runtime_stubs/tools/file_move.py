# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`file_move`: move or rename a file below the given folders."""

import asyncio
import os
from collections.abc import Sequence

from ..tool import Tool
from .root import Roots
from .schema import parameters, string

__all__ = ["file_move"]


def file_move(*, roots: Sequence[str] = (".",), overwrite: bool = False) -> Tool:
    """Make a tool that moves files and gives `{path}`; it replaces files only with `overwrite`."""
    allowed = Roots(roots)

    def move(source: str, target: str) -> dict[str, object]:
        with allowed.place(source) as old, allowed.place(target, create=True) as new:
            os.close(old.open_regular(os.O_RDONLY))
            if overwrite and new.exists():
                os.close(new.open_regular(os.O_WRONLY))  # neither a link nor a folder
            new.become(old, overwrite=overwrite)
        return {"path": target}

    async def call(source: str, target: str) -> dict[str, object]:
        return await asyncio.to_thread(move, source, target)

    return Tool(
        name="file_move",
        description="Move or rename a file.",
        parameters=parameters(
            {"source": string("Path of the file"), "target": string("Its new path")}
        ),
        call=call,
        effects=frozenset({"files"}),
    )
