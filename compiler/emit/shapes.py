"""Formats generated Python statement by statement, and each shape of statement only once.

What black makes of a statement depends on its words only by their kind, and by their length where a line is too
long. Generated modules repeat few shapes many times, so each is formatted once and the words are put in after
that. Whatever does not fit this picture is given to black as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from compiler.emit.tokens import KINDS, WORDS, tokenize
from compiler.record import dataclass

_BRACKETS = frozenset("([{)]}")
_DEFINITION = re.compile(r"(?:@|def |async def |class )")
_SIMPLE = re.compile(
    r" {4,}(?!(?:if|elif|else|for|while|with|try|except|finally|async|def|class)\b|@)"
)
_ENTRY = re.compile(r' {4}"(?:[^"\\]|\\.)*": "(?:[^"\\]|\\.)*",')
_MANY = 24
"""Lines from which on a body is looked at line by line."""
_CONSTANT = re.compile(r"\w+ = ")

Format = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Mold:
    """A formatted statement, cut at its words: they go between the pieces, in their order."""

    pieces: tuple[str, ...]


class Shapes:
    """Formats the parts of modules; `format` is black, or does the same."""

    def __init__(self, format: Format, width: int) -> None:
        self._format = format
        self._width = width
        self._molds: dict[tuple[str | int, ...], _Mold | None] = {}

    def module(self, text: str) -> str | None:
        """Return a module as `format` writes it; None when it has parts that belong together.

        Such a module is one whose definitions or constants are not parted by empty lines.
        """
        blocks: list[str] = []
        if any(line.count('"""') % 2 for line in text.split("\n")):
            kept = _without_blocks(text, blocks)
            if kept is None:
                return None
            text = kept
        found = self._module(text)
        for i, block in enumerate(blocks):
            found = (
                None if found is None else found.replace(f"text_block_{i} = block_{i}\n", block, 1)
            )
        return found

    def _module(self, text: str) -> str | None:
        parts = re.split(r"\n\n+(?=[^\s)\]}#])", text.rstrip("\n"))
        first = next((i for i, part in enumerate(parts) if _DEFINITION.match(part)), len(parts))
        if first == len(parts):
            first = next((i for i, part in enumerate(parts) if _CONSTANT.match(part)), len(parts))
            is_kept, gap = _CONSTANT, _gaps(text, parts)
        else:
            is_kept, gap = _DEFINITION, None
        if not 0 < first < len(parts) or not all(is_kept.match(part) for part in parts[first:]):
            return None
        found = [self._format("\n\n".join(parts[:first]) + "\n").rstrip("\n")]
        for i, part in enumerate(parts[first:], first):
            found.append("\n" * (3 if gap is None else min(gap[i - 1], 2) + 1))
            found.append(self._part(part).rstrip("\n"))
        return "".join(found) + "\n"

    def _part(self, text: str) -> str:
        """Format one definition or constant; long statements of a body are formatted apart."""
        lines = text.split("\n")
        if len(lines) > _MANY and (start := _uniform(lines)):
            return self._line_by_line(lines, start)
        if not all(map(_is_balanced, lines)):
            return self._cast(text, is_long=True)
        if not any(map(self._is_long, lines)):
            return self._cast(text, is_long=False)
        if not _DEFINITION.match(text) or '"""' in text.replace('"""', "", 2):
            return self._cast(text, is_long=True)
        apart: dict[str, str] = {}
        for i, line in enumerate(lines):
            if not self._is_long(line):
                continue
            indent = len(line) - len(line.lstrip())
            if not _SIMPLE.match(line) or line.endswith(":") or '"""' in line or indent % 4:
                return self._cast(text, is_long=True)
            name = f"statement_{i}"
            apart[f"{' ' * indent}{name}"] = self._statement(line, indent)
            lines[i] = f"{' ' * indent}{name}"
        found = self._cast("\n".join(lines), is_long=False)
        return "\n".join(apart.get(line, line) for line in found.split("\n"))

    def _line_by_line(self, lines: list[str], start: int) -> str:
        """Format what has one simple statement, or one entry of a mapping, on each line from `start` on."""
        if lines[-1] == "}":
            around, end = f"{lines[0]}\n", "}"
            inner = [
                self._cast(f"{around}{line}\n{end}", is_long=self._is_long(line))
                for line in lines[1:-1]
            ]
            middle = "".join(each.removeprefix(around).removesuffix(f"{end}\n") for each in inner)
            return f"{around}{middle}{end}"
        head = self._part("\n".join([*lines[:start], "    statement_0"])).rstrip("\n")
        found = [head.removesuffix("\n    statement_0")]
        found += (self._statement(line, 4) for line in lines[start:])
        return "\n".join(found)

    def _is_long(self, line: str) -> bool:
        return len(line) > self._width or not line.isascii()

    def _statement(self, line: str, indent: int) -> str:
        around = "".join(f"{' ' * at}class A:\n" for at in range(0, indent, 4))
        found = self._cast(f"{around}{line}", is_long=self._is_long(line))
        return found.removeprefix(around).rstrip("\n")

    def _cast(self, text: str, *, is_long: bool) -> str:
        """Format a text by its shape; in one with long lines the lengths of words are part of the shape."""
        tokens = tokenize(text)
        kinds = [KINDS[token] for token in tokens]
        words = [token for token, kind in zip(tokens, kinds, strict=True) if kind in WORDS]
        lengths = [len(word) for word in words] if is_long else []
        shape = (*kinds, *lengths)
        if shape in self._molds:
            mold = self._molds[shape]
            found = None if mold is None else _filled(mold, words)
            if found is not None and (is_long or max(map(len, found.split("\n"))) <= self._width):
                return found
            return self._format(f"{text}\n")
        found = self._format(f"{text}\n")
        self._molds[shape] = _mold(found, words)
        return found


def _without_blocks(text: str, blocks: list[str]) -> str | None:
    """Put short constants in the place of those that are texts of several lines; None if there are other such texts.

    Nothing changes in such a constant: its text is as its author wrote it.
    """
    tokens = tokenize(text)
    kept: list[str] = []
    for i, token in enumerate(tokens):
        if not (token.startswith('"""') and "\n" in token):
            kept.append(token)
            continue
        before, after = tokens[max(i - 4, 0) : i], tokens[i + 1 : i + 2]
        is_constant = (
            len(before) == 4 and before[1:] == [" ", "=", " "] and before[0].isidentifier()
        )
        if (
            not is_constant
            or kept[-5:-4] == []
            or not kept[-5].endswith("\n")
            or not "".join(after).startswith("\n")
        ):
            return None
        name = "".join(kept[-4:])
        del kept[-4:]
        kept.append(f"text_block_{len(blocks)} = block_{len(blocks)}")
        blocks.append(f"{name}{token}\n")
    return "".join(kept)


def _uniform(lines: list[str]) -> int:
    """Where the lines begin that hold one simple statement or entry each; 0 when some do not."""
    if lines[-1] == "}":
        is_mapping = re.fullmatch(r"\w+ = \{", lines[0]) is not None
        return int(is_mapping and all(_ENTRY.fullmatch(line) for line in lines[1:-1]))
    heads = (i for i, line in enumerate(lines) if line.endswith((":", '"""')) or not line)
    start = max(heads, default=-1) + 1
    is_plain = _DEFINITION.match(lines[0]) and start < len(lines)
    return start if is_plain and all(map(_is_statement, lines[start:])) else 0


def _is_statement(line: str) -> bool:
    """Whether a line is a whole simple statement of a body, with nothing that needs empty lines around it."""
    if not _SIMPLE.match(line) or line[4] in " #" or line.lstrip().startswith(("from ", "import ")):
        return False
    return _is_balanced(line)


def _is_balanced(line: str) -> bool:
    """Whether no bracket stays open at the end of the line."""
    if '"' in line or "'" in line or "#" in line:
        line = "".join([token for token in tokenize(line) if token in _BRACKETS])
    return sum(map(line.count, "([{")) == sum(map(line.count, ")]}"))


def _gaps(text: str, parts: list[str]) -> list[int]:
    """How many empty lines follow each part but the last."""
    found: list[int] = []
    at = 0
    for part in parts[:-1]:
        at += len(part)
        end = at
        while text[end] == "\n":
            end += 1
        found.append(end - at - 1)
        at = end
    return found


def _mold(formatted: str, words: list[str]) -> _Mold | None:
    """Cut a formatted text at its words; None when they are not the ones that went in."""
    pieces: list[str] = [""]
    found: list[str] = []
    for token in tokenize(formatted):
        if KINDS[token] in WORDS:
            found.append(token)
            pieces.append("")
        else:
            pieces[-1] += token
    return _Mold(tuple(pieces)) if found == words else None


def _filled(mold: _Mold, words: list[str]) -> str:
    parts = [""] * (2 * len(words) + 1)
    parts[::2] = mold.pieces
    parts[1::2] = words
    return "".join(parts)
