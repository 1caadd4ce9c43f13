"""Code blocks of Markdown files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"^(?P<indent>[ ]*)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block; `info` is what follows the opening fence, `line` that of the fence."""

    path: Path
    line: int
    info: str
    text: str


def blocks(path: Path, language: str) -> Iterator[Block]:
    """Yield the blocks of a language in order."""
    text = path.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        info = found["info"].strip()
        if info.split(" ")[0] == language:
            indent = found["indent"]
            lines = [line.removeprefix(indent) for line in found["text"].splitlines()]
            line = text.count("\n", 0, found.start()) + 1
            yield Block(path, line, info, "\n".join(lines) + "\n")
