"""Words for failures inside one token: bad first characters, tabs, quotes, escapes, block headers."""

from __future__ import annotations

import re

from compiler.syntax.complaint import Complaint, Failure
from compiler.syntax.lines import (
    block_end,
    damage_start,
    indent_of,
    line_end,
    line_start,
    token_end,
)
from compiler.syntax.quoting import quote_rest

_LEADING_TABS = re.compile(r"^[ ]*\t[ \t]*", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.|\n)|\"", re.DOTALL)
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_KNOWN_ESCAPES = frozenset('0abt\tnvfre "/\\N_LP\n\r')
_USES = {
    "*": "refers to an anchor",
    "&": "names an anchor",
    "!": "is a YAML tag",
    "%": "is reserved by YAML",
    "@": "is reserved by YAML",
    "`": "is reserved by YAML",
}


def explain_token(text: str, failure: Failure) -> Complaint | None:
    """Return the complaint if the failure lies in a single token."""
    problem, context, at = failure.problem, failure.context, failure.at
    here = text[at : at + 1]
    if here == "\t" and ("cannot start any token" in problem or "tab" in problem):
        return _tab(text, at)
    if "cannot start any token" in problem:
        return _bad_start(text, at)
    if (
        "alphabetic or numeric" in problem
        or "scanning a tag" in context
        or "parsing a tag" in context
    ):
        return _bad_start(text, failure.context_at)
    if "tag handle" in problem:
        return _tag_handle(text, failure.context_at)
    if "end of stream" in problem or "document indicator" in problem:
        return _open_quote(text, failure.context_at)
    if "escape" in problem or "hexdecimal" in problem:
        return _escape(text, failure)
    if "block scalar" in context:
        return _block_header(text, failure)
    if "directive" in context or "directive" in problem or "incompatible" in problem:
        return _directive(text, at)
    return None


def _tab(text: str, at: int) -> Complaint:
    runs = list(_LEADING_TABS.finditer(text))
    leads = not text[line_start(text, at) : at].strip()
    repairs = [(run.start(), " " * len(run.group())) for run in runs] if leads else [(at, " ")]
    more = f"{len(runs)} lines are indented with tabs" if leads and len(runs) > 1 else ""
    return Complaint(
        (at, at + 1),
        "a tab is used for indentation, expected spaces" if leads else "a tab stands before a key",
        label="a tab",
        notes=(more,) if more else (),
        help="indent with spaces; most editors can convert tabs",
        repairs=tuple(repairs),
        kind="tab",
    )


def _bad_start(text: str, at: int) -> Complaint:
    first = text[at : at + 1]
    use = _USES.get(first)
    end = token_end(text, at)
    shown = "a backtick" if first == "`" else f"`{first}`"
    return Complaint(
        (at, max(end, at + 1)),
        f"a value cannot start with {shown} unless it is quoted",
        blank=(damage_start(text, at), line_end(text, at)),
        notes=(f"{shown} at the start of a value {use}",) if use else (),
        help="put the value in quotes",
        edits=quote_rest(text, at) if _is_block_value(text, at) else (),
    )


def _is_block_value(text: str, at: int) -> bool:
    """Tell whether the rest of the line is one value: a key or a dash stands before, no bracket."""
    before = text[line_start(text, at) : at].rstrip()
    return before.endswith((":", "-")) and not any(bracket in before for bracket in "[{")


def _tag_handle(text: str, at: int) -> Complaint:
    end = token_end(text, at)
    return Complaint(
        (at, end),
        f"the tag `{text[at:end]}` has no meaning here",
        blank=(at, end),
        code="AC107",
        help="remove the tag; if the `!` belongs to a text, put the text in quotes",
    )


def _open_quote(text: str, at: int) -> Complaint:
    quote = text[at : at + 1]
    return Complaint(
        (at, at + 1),
        f"the `{quote}` that opens here is never closed",
        blank=(damage_start(text, at), line_end(text, at)),
        help=f"add `{quote}` at the end of the text",
        kind="quote",
    )


def _escape(text: str, failure: Failure) -> Complaint:
    start = failure.context_at
    repairs: list[tuple[int, str]] = []
    for match in _ESCAPE.finditer(text, start + 1):
        found = match.group()
        if found == '"':
            break
        if not _is_known_escape(found):
            repairs.append((match.start(), "\\\\"))
    at = repairs[0][0] if repairs else failure.at
    letter = text[at + 1 : at + 2]
    digits = _HEX_DIGITS.get(letter)
    if digits is None:
        return Complaint(
            (at, at + 2),
            f"`\\{letter}` is not an escape of double-quoted text",
            help=f"write `\\\\{letter}`, or use single quotes, where a backslash is a backslash",
            edits=tuple(
                ((place, place + 1), "\\\\")
                for place, _ in repairs
                if text[place + 1] not in _HEX_DIGITS
            ),
            repairs=tuple(repairs),
        )
    return Complaint(
        (at, min(at + 2 + digits, line_end(text, at))),
        f"`\\{letter}` is not followed by the number of a character",
        notes=(
            f"`\\{letter}` takes {digits} hexadecimal digits, not those of half a surrogate pair",
        ),
        help=f"write `\\\\{letter}` if a backslash is meant",
        repairs=tuple(repairs),
    )


def _is_known_escape(escape: str) -> bool:
    """Tell whether YAML knows a backslash with what follows it."""
    digits = escape[2:]
    if not digits:
        return escape[1] in _KNOWN_ESCAPES
    number = int(digits, 16)
    return number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF


def _block_header(text: str, failure: Failure) -> Complaint:
    start, at = failure.context_at, failure.at
    mark = text[start : start + 1]
    end = line_end(text, at)
    width = indent_of(text, start) + 1
    what = "literal" if mark == "|" else "folded"
    return Complaint(
        (at, max(at + 1, at + len(text[at:end].rstrip()))),
        f"text follows `{mark}` on the same line",
        blank=(damage_start(text, start), block_end(text, start, least=width)),
        notes=(f"`{mark}` at the start of a value begins a {what} text on the next line",),
        help=f"start the text on the next line, or put the value in quotes if `{mark}` belongs to it",
        related=(((start, start + 1), f"`{mark}` stands here"),),
    )


def _directive(text: str, at: int) -> Complaint:
    start = line_start(text, at)
    end = line_end(text, at)
    return Complaint(
        (start, start + len(text[start:end].rstrip())),
        "a line that starts with `%` is a YAML directive, and this one is not known",
        blank=(start, end),
        help="remove the line, or put the text in quotes",
    )
