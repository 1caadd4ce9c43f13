"""From offsets in the value of a scalar to places in the source."""

from __future__ import annotations

import re
from functools import lru_cache

from compiler.diagnostics.span import Span
from compiler.syntax.tree import Scalar

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)
_SHORT = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEADER = re.compile(r"[|>](?:[-+]?([1-9])?[-+]?)[ \t]*(?:#[^\n]*)?\r?\n")

# A decoded character and the range of the scalar's source text that it comes from.
_Piece = tuple[str, int, int]


def span_in_scalar(scalar: Scalar, start: int, end: int) -> Span:
    """Return where the characters `[start, end)` of a scalar's text stand in the source.

    Exact wherever reading the source again gives the same text; else the whole scalar's span.
    """
    whole = scalar.span
    length = len(scalar.text)
    if not 0 <= start <= end <= length:
        start = max(0, min(start, length))
        end = max(start, min(end, length))
    quote = 1 if scalar.quoted else 0
    first, last = whole.start + quote, whole.end - quote
    is_same = last - first == length and whole.source.text.startswith(scalar.text, first)
    if is_same and scalar.style not in ("literal", "folded"):
        return Span(whole.source, first + start, first + end)
    places = _places(scalar)
    if places is None:
        return whole
    if start == end:
        if start < length:
            at = places[start][0]
        else:
            at = places[-1][1] if places else whole.start + quote
        return Span(whole.source, at, at)
    return Span(whole.source, places[start][0], places[end - 1][1])


@lru_cache(maxsize=64)
def _places(scalar: Scalar) -> tuple[tuple[int, int], ...] | None:
    """Return the source range of each character of the text, or None when it is not certain."""
    whole = scalar.span
    source = whole.source.text[whole.start : whole.end]
    if scalar.style in ("literal", "folded"):
        # The span leaves trailing blank lines out; what they add is at the end of the text.
        pieces = _block_pieces(source, scalar)
    else:
        pieces = _flow_pieces(source, scalar)
    if pieces is None or "".join(piece[0] for piece in pieces) != scalar.text:
        return None
    return tuple(
        (whole.start + low, whole.start + high) for text, low, high in pieces for _ in text
    )


def _flow_pieces(source: str, scalar: Scalar) -> list[_Piece]:
    """Read a plain or quoted scalar: escapes, doubled quotes, line folding."""
    pieces: list[_Piece] = []
    at, end = (1, len(source) - 1) if scalar.quoted else (0, len(source))
    while at < end:
        here = source[at]
        if here == "\\" and scalar.style == "double":
            at = _escape(source, at, pieces)
        elif here == "'" and scalar.style == "single":
            pieces.append(("'", at, at + 2))
            at += 2
        elif here in " \t\r\n":
            at = _space(source, at, end, pieces)
        else:
            pieces.append((here, at, at + 1))
            at += 1
    return pieces


def _escape(source: str, at: int, pieces: list[_Piece]) -> int:
    match = _ESCAPE.match(source, at)
    if match is None:
        return len(source)
    code = match.group()[1:]
    end = match.end()
    if code[0] in "\r\n":
        while end < len(source) and source[end] in " \t":
            end += 1
        return end
    character = chr(int(code[1:], 16)) if len(code) > 1 else _SHORT.get(code, code)
    if "\ud800" <= character <= "\udbff":
        low = _ESCAPE.match(source, end)
        if low is not None and low.group()[1:2] == "u":
            digits = low.group()[2:]
            pair = 0x10000 + ((ord(character) - 0xD800) << 10) + int(digits, 16) - 0xDC00
            character, end = chr(pair), low.end()
    pieces.append((character, at, end))
    return end


def _space(source: str, at: int, end: int, pieces: list[_Piece]) -> int:
    """Read a run of white space: kept within a line, folded where it holds line breaks."""
    stop = at
    while stop < end and source[stop] in " \t\r\n":
        stop += 1
    breaks = source.count("\n", at, stop)
    if not breaks:
        pieces += [(source[i], i, i + 1) for i in range(at, stop)]
        return stop
    pieces.append((" " if breaks == 1 else "\n" * (breaks - 1), at, stop))
    return stop


def _block_pieces(source: str, scalar: Scalar) -> list[_Piece] | None:
    """Read a literal or folded block scalar."""
    header = _HEADER.match(source)
    if header is None:
        return None if scalar.text else []
    lines: list[tuple[int, str]] = []
    at = header.end()
    while at <= len(source):
        stop = source.find("\n", at)
        stop = len(source) if stop < 0 else stop
        lines.append((at, source[at:stop].rstrip("\r")))
        at = stop + 1
    filled = [line for _, line in lines if line.strip(" ")]
    if not filled:
        return None
    indent = _indentation(scalar, header.group(1), filled[0])
    pieces = _literal(lines, indent) if scalar.style == "literal" else _folded(lines, indent)
    end = len(source)
    text = "".join(piece[0] for piece in pieces)
    if scalar.text.startswith(text) and not scalar.text[len(text) :].strip("\n"):
        pieces += [("\n", end, end)] * (len(scalar.text) - len(text))
    return pieces


def _indentation(scalar: Scalar, given: str | None, first: str) -> int:
    """Return how many spaces to take from each line: counted on the first line that has text.

    With an indentation indicator the text itself tells how many spaces of the line are its own.
    """
    width = len(first) - len(first.lstrip(" "))
    if given is None:
        return width
    content = scalar.text.lstrip("\n")
    return width - (len(content) - len(content.lstrip(" ")))


def _literal(lines: list[tuple[int, str]], indent: int) -> list[_Piece]:
    pieces: list[_Piece] = []
    for number, (start, line) in enumerate(lines):
        pieces += [(line[i], start + i, start + i + 1) for i in range(indent, len(line))]
        if number < len(lines) - 1:
            at = start + len(line)
            pieces.append(("\n", at, at + 1))
    return pieces


def _folded(lines: list[tuple[int, str]], indent: int) -> list[_Piece]:
    """Join lines with spaces, except around blank lines and lines indented further."""
    pieces: list[_Piece] = []
    previous: str | None = None
    blank = 0
    for start, line in lines:
        body = line[indent:]
        if not body:
            blank += 1
            continue
        is_kept = body[0] in " \t" or (previous is not None and previous[0] in " \t")
        if previous is None:
            joint = "\n" * blank
        elif is_kept:
            joint = "\n" * (blank + 1)
        else:
            joint = "\n" * blank or " "
        if joint:
            pieces.append((joint, start + indent, start + indent))
        pieces += [(body[i], start + indent + i, start + indent + i + 1) for i in range(len(body))]
        previous, blank = body, 0
    return pieces
