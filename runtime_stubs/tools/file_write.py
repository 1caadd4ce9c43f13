# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`file_write`: write one text file below the given folders."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Sequence

from ..errors import ToolError
from ..tool import Tool
from .root import Place, Roots
from .schema import parameters, string

__all__ = ["file_write"]


def file_write(
    *, roots: Sequence[str] = (".",), max_bytes: int = 10_000_000, encoding: str = "utf-8"
) -> Tool:
    """Make a tool that writes text files and gives `{path, bytes}`; missing folders are made.

    A file is replaced as a whole: whoever reads it meanwhile sees the old text or the new.
    """
    allowed = Roots(roots)

    def write(path: str, text: str, mode: str) -> dict[str, object]:
        data = text.encode(encoding)
        if len(data) > max_bytes:
            raise ToolError(f"the text has {len(data)} bytes, at most {max_bytes} are written")
        with allowed.place(path, create=True) as place:
            if mode == "append":
                _append(place, data)
            else:
                _write(place, data, overwrite=mode != "create")
        return {"path": path, "bytes": len(data)}

    async def call(path: str, text: str, mode: str = "replace") -> dict[str, object]:
        return await asyncio.to_thread(write, path, text, mode)

    return Tool(
        name="file_write",
        description="Write a text file.",
        parameters=parameters(
            {
                "path": string("Path of the file"),
                "text": string("What to write"),
                "mode": string(
                    "`replace` the file (default), `append` to it, or `create` a new one",
                    choices=("replace", "append", "create"),
                ),
            },
            optional=("mode",),
        ),
        call=call,
        effects=frozenset({"files"}),
    )


def _append(place: Place, data: bytes) -> None:
    descriptor = place.open_regular(os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with os.fdopen(descriptor, "ab") as file:
        file.write(data)


def _write(place: Place, data: bytes, *, overwrite: bool) -> None:
    if overwrite and place.exists():
        os.close(
            place.open_regular(os.O_WRONLY)
        )  # a link, a folder, a file that may not be written
    folder = os.path.dirname(place.name)  # a bare name must stay one
    draft = os.path.join(folder, f".{secrets.token_hex(8)}.part")
    part = Place(place.folder, draft, place.shown)
    try:
        with os.fdopen(part.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(data)
        place.become(part, overwrite=overwrite)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft, dir_fd=place.folder)
        raise
