# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`file_read`: the text of one file below the given folders."""

import asyncio
import os
from collections.abc import Sequence

from ..errors import ToolError
from ..tool import Tool
from .root import Roots
from .schema import parameters, string

__all__ = ["file_read"]


def file_read(
    *, roots: Sequence[str] = (".",), max_bytes: int = 1_000_000, encoding: str = "utf-8"
) -> Tool:
    """Make a tool that reads text files; files larger than `max_bytes` are refused."""
    allowed = Roots(roots)

    def read(path: str) -> str:
        with allowed.place(path) as place:
            descriptor = place.open_regular(os.O_RDONLY)
            with os.fdopen(descriptor, "rb") as file:
                data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise ToolError(f"`{path}` is larger than {max_bytes} bytes")
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            raise ToolError(f"`{path}` is not {encoding} text") from None

    async def call(path: str) -> str:
        return await asyncio.to_thread(read, path)

    return Tool(
        name="file_read",
        description="Read a text file.",
        parameters=parameters({"path": string("Path of the file")}),
        call=call,
        read_only=True,
        effects=frozenset({"files"}),
        returns={"type": "string"},
    )
