"""Words for failures in `[…]` and `{…}`, and for text after a value that has ended."""

from __future__ import annotations

import yaml

from compiler.syntax.complaint import Complaint, Failure
from compiler.syntax.lines import (
    block_end,
    content_end,
    damage_start,
    first_in_line,
    indent_of,
    line_end,
    line_start,
    token_end,
    value_start,
)
from compiler.syntax.quoting import quote_rest

_CLOSERS = {"[": "]", "{": "}"}


def explain_flow(text: str, failure: Failure) -> Complaint:
    """Return the complaint for a failure inside brackets, or for a value that cannot start so."""
    if "flow" not in failure.context:
        return _bad_content(text, failure.at, in_flow=False)
    if "node content" in failure.problem and text[failure.at :].strip():
        return _bad_content(text, failure.at, in_flow=True)
    return _in_brackets(text, failure)


def text_after_value(text: str, failure: Failure) -> Complaint:
    """Return the complaint for text that follows a complete value on the same line."""
    at, start, last = failure.at, failure.last_start, failure.last
    here = text[at : at + 1]
    end = max(content_end(text, at), at + 1)
    blank = (damage_start(text, at), line_end(text, at))
    before = text[failure.last_end - 1 : failure.last_end]
    if here in ("]", "}"):
        return Complaint(
            (at, at + 1), f"`{here}` closes nothing", blank=blank, help=f"remove the `{here}`"
        )
    if isinstance(last, yaml.AliasEvent):
        opener = "`*` at the start of a value refers to an anchor, but more text follows"
    elif before in ("]", "}"):
        opening = text[start : start + 1]
        kind = "mapping" if before == "}" else "list"
        opener = (
            f"`{opening}` at the start of a value opens a YAML {kind}, but text follows its end"
        )
    elif before in ("'", '"'):
        return _after_quotes(text, failure, end)
    else:
        opener = "more text follows a value that has ended"
    is_whole = value_start(text, at) == start and line_start(text, start) == line_start(text, at)
    return Complaint(
        (at, end),
        opener,
        blank=blank,
        label="not expected here",
        related=(((start, failure.last_end), "this value has ended"),),
        help="put the whole value in quotes if it is one text",
        edits=quote_rest(text, start) if is_whole else (),
    )


def _after_quotes(text: str, failure: Failure, end: int) -> Complaint:
    quote = text[failure.last_end - 1]
    inside = "''" if quote == "'" else '\\"'
    return Complaint(
        (failure.at, end),
        f"text follows the closing `{quote}`",
        blank=(damage_start(text, failure.at), line_end(text, failure.at)),
        label="not expected here",
        related=(((failure.last_start, failure.last_end), "this text has ended"),),
        help=f"put the whole value in quotes; a `{quote}` inside of them is written `{inside}`",
    )


def _in_brackets(text: str, failure: Failure) -> Complaint:
    start, at = failure.context_at, failure.at
    if text[start : start + 1] not in _CLOSERS and failure.bracket_at >= 0:
        start = failure.bracket_at
    opening = text[start : start + 1]
    closer = _CLOSERS.get(opening, "]")
    width = indent_of(text, start)
    other_line = line_start(text, at) > line_start(text, start)
    ended = at >= len(text) or not text[at:].strip()
    if ended or (other_line and indent_of(text, at) <= width):
        stop = min(block_end(text, start, least=width + 1), len(text))
        return Complaint(
            (start, start + 1),
            f"the `{opening}` that opens here is never closed",
            blank=(damage_start(text, start), stop),
            help=f"add `{closer}` at its end",
            kind="bracket",
        )
    first = text[at : at + 1]
    is_after_node = isinstance(failure.last, yaml.MappingEndEvent | yaml.SequenceEndEvent)
    if is_after_node and first not in "[]{}:" and "\n" not in text[failure.last_end : at]:
        return text_after_value(text, failure)
    what = "list" if opening == "[" else "mapping"
    related = (((start, start + 1), f"the {what} starts here"),)
    value_end = content_end(text, failure.last_start)
    if value_end < at and "\n" in text[failure.last_start : at]:
        return Complaint(
            (value_end - 1, value_end),
            "a `,` is missing at the end of this line",
            blank=_bracket_range(text, start, at),
            related=related,
            help="put a `,` between entries",
            kind="bracket",
        )
    found = text[at : token_end(text, at)]
    return Complaint(
        (at, token_end(text, at)),
        f"expected `,` or `{closer}`, found `{found}`",
        blank=_bracket_range(text, start, at),
        related=related,
        help="put a `,` between entries, and quotes around a text that holds `: `, brackets or quotes",
        kind="bracket",
    )


def _bracket_range(text: str, start: int, at: int) -> tuple[int, int]:
    """Return what to leave out: from the value that opens the bracket to the end of its lines."""
    stop = block_end(text, start, least=indent_of(text, start) + 1)
    following = stop + 1
    closes = text[first_in_line(text, following) :][:1] if following < len(text) else ""
    if closes in ("]", "}") and closes:
        stop = line_end(text, following)
    return damage_start(text, start), max(stop, line_end(text, at))


def _bad_content(text: str, at: int, *, in_flow: bool) -> Complaint:
    found = text[at : at + 1]
    place = (at, min(at + 1, len(text)))
    blank = (damage_start(text, at), line_end(text, at))
    if not found.strip():
        return Complaint(place, "a value is missing at the end of the text", blank=blank)
    if in_flow:
        return Complaint(
            place,
            f"expected a value, found `{found}`",
            blank=blank,
            help="remove the extra `,`, or put the text in quotes",
            kind="bracket",
        )
    return Complaint(
        place,
        f"a value cannot start with `{found}` unless it is quoted",
        blank=blank,
        help="put the value in quotes",
        edits=quote_rest(text, at) if value_start(text, at) == at else (),
    )
