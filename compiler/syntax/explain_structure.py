"""Words for failures between tokens: colons, indentation, lists and mappings, brackets."""

from __future__ import annotations

import yaml

from compiler.syntax.complaint import Complaint, Failure
from compiler.syntax.explain_flow import explain_flow, text_after_value
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

_LONGEST_KEY = 1024


def explain_structure(text: str, failure: Failure) -> Complaint:
    """Return the complaint for any failure that is not in a single token."""
    problem, context = failure.problem, failure.context
    if "mapping values" in problem:
        return _colon(text, failure)
    if "sequence entries" in problem:
        return _dash_in_line(text, failure.at)
    if "could not find expected ':'" in problem:
        return _no_colon(text, failure.context_at)
    if "flow" in context or "node content" in problem:
        return explain_flow(text, failure)
    if "block" in context:
        return _in_block(text, failure)
    return _unexpected(text, failure.at)


def _colon(text: str, failure: Failure) -> Complaint:
    at, start = failure.at, failure.last_start
    is_scalar = isinstance(failure.last, yaml.ScalarEvent)
    if is_scalar and line_start(text, start) != line_start(text, at):
        return _colon_after_lines(text, at, start)
    if is_scalar and at - start > _LONGEST_KEY:
        return Complaint(
            (start, at),
            f"a key of {at - start:,} characters is too long, at most {_LONGEST_KEY:,} are allowed",
            blank=(line_start(text, at), line_end(text, at)),
        )
    begin = value_start(text, start)
    if not is_scalar:
        return text_after_value(text, failure)
    end = content_end(text, begin)
    if end == at + 1:
        return Complaint(
            (at, at + 1),
            f"a second `:` on one line, after the value `{text[begin:at]}` has begun",
            blank=(damage_start(text, at), block_end(text, at, least=indent_of(text, at) + 1)),
            help=f"put `{text[begin:end]}` on the next line, indented, if it is a key",
        )
    return Complaint(
        (at, at + 1),
        "a second `: ` in an unquoted value",
        blank=(damage_start(text, at), line_end(text, at)),
        label="this one makes the value look like a mapping",
        help="put the value in quotes",
        edits=quote_rest(text, begin),
    )


def _colon_after_lines(text: str, at: int, start: int) -> Complaint:
    """A key whose line went on a value that began on an earlier line."""
    first = first_in_line(text, at)
    width = indent_of(text, at)
    key = text[first:at]
    if start == first_in_line(text, start) and indent_of(text, start) == width:
        return _no_colon(text, start)
    return Complaint(
        (first, at),
        f"`{key}` is indented like a part of the value before it",
        blank=(first, block_end(text, at, least=max(width, 1))),
        label="read as a continuation",
        related=(((start, content_end(text, start)), "the value it would continue"),),
        help="indent it like the keys it belongs with",
        kind=f"indent {width}",
    )


def _no_colon(text: str, at: int) -> Complaint:
    end = content_end(text, at)
    found = text[at:end]
    name, colon, rest = found.partition(":")
    blank = (first_in_line(text, at), line_end(text, at))
    if colon and rest and not rest.startswith("//") and name.isidentifier():
        place = at + len(name) + 1
        return Complaint(
            (at, place),
            f"`{name}:` is not followed by a space",
            blank=blank,
            help=f"write `{name}: {rest}`",
            edits=(((place, place), " "),),
        )
    first, _, others = found.partition(" ")
    known = first.isidentifier()
    return Complaint(
        (at, max(end, at + 1)),
        f"`{found}` has no `:`, expected `key: value`" if len(found) <= 60 else "a line has no `:`",
        blank=blank,
        help=(
            f"write `{first}: {others or '…'}`"
            if known and len(found) <= 60
            else "write `key: value`; a text over several lines goes under `|`"
        ),
        kind=f"no colon {indent_of(text, at)}",
    )


def _dash_in_line(text: str, at: int) -> Complaint:
    item = text[at : content_end(text, at)]
    return Complaint(
        (at, at + 1),
        "a list item cannot start on the line of its key",
        blank=(damage_start(text, at), line_end(text, at)),
        help=f"put `{item}` on the next line, or write `[…]`",
    )


def _in_block(text: str, failure: Failure) -> Complaint:
    at = failure.at
    if failure.last is not None and failure.last_end <= at:
        between = text[failure.last_end : at]
        last = failure.last
        is_quoted = isinstance(last, yaml.ScalarEvent) and last.style in ("'", '"')
        if is_quoted and line_start(text, failure.last_start) < line_start(text, failure.last_end):
            return _open_quote_lines(text, failure)
        is_closed = text[failure.last_end - 1 : failure.last_end] in ("]", "}")
        is_value = is_quoted or is_closed or isinstance(last, yaml.AliasEvent)
        if is_value and "\n" not in between:
            return text_after_value(text, failure)
        if isinstance(last, yaml.ScalarEvent) and last.style in ("|", ">"):
            return _text_left_block(text, failure)
    here = text[at : at + 2]
    if here[:1] == ":":
        return _no_key(text, at)
    if at == first_in_line(text, at) and indent_of(text, failure.context_at) == indent_of(text, at):
        if here[:1] == "-" and here[1:2] in ("", " ", "\n"):
            return _mixed(text, at, "a list item stands among the keys of a mapping", failure)
        if "'-'" in failure.problem or "'?'" in failure.problem:
            return _mixed(text, at, "a key stands among the items of a list", failure)
    if at == first_in_line(text, at):
        return _indentation(text, failure)
    return _unexpected(text, at)


def _no_key(text: str, at: int) -> Complaint:
    return Complaint(
        (at, at + 1),
        "a `:` without a key before it",
        blank=(line_start(text, at), line_end(text, at)),
        help="write `key: value`, or quote the text",
    )


def _open_quote_lines(text: str, failure: Failure) -> Complaint:
    start = failure.last_start
    quote = text[start : start + 1]
    return Complaint(
        (start, start + 1),
        f"the `{quote}` that opens here is closed on a later line, by one that should open a text",
        blank=(damage_start(text, start), line_end(text, start)),
        label="not closed on its line",
        related=(((failure.last_end - 1, failure.last_end), "closed here"),),
        help=f"add `{quote}` where the first text ends",
        kind="quote",
    )


def _text_left_block(text: str, failure: Failure) -> Complaint:
    at = failure.at
    mark = text[failure.last_start : failure.last_start + 1]
    width = indent_of(text, at)
    return Complaint(
        (at, max(content_end(text, at), at + 1)),
        f"this line is indented less than the text under `{mark}` and more than its key",
        blank=(first_in_line(text, at), block_end(text, at, least=max(width, 1))),
        related=(((failure.last_start, failure.last_start + 1), "the text starts here"),),
        help="indent every line of the text at least as much as its first line",
        kind=f"indent {width}",
    )


def _mixed(text: str, at: int, message: str, failure: Failure) -> Complaint:
    start = failure.context_at
    width = indent_of(text, at)
    return Complaint(
        (at, token_end(text, at)),
        message,
        blank=(first_in_line(text, at), block_end(text, at, least=width + 1)),
        related=(((start, token_end(text, start)), "the first of them"),),
        help="indent it under the key it belongs to, or write all of them the same way",
        kind=f"mixed {width}",
    )


def _indentation(text: str, failure: Failure) -> Complaint:
    at = failure.at
    width = indent_of(text, at)
    outer = indent_of(text, failure.context_at)
    return Complaint(
        (at, max(token_end(text, at), at + 1)),
        f"this line is indented by {width}, which fits nothing above it",
        blank=(first_in_line(text, at), block_end(text, at, least=max(width, 1))),
        related=(
            (
                (failure.context_at, token_end(text, failure.context_at)),
                f"the part around it is indented by {outer}",
            ),
        ),
        help="indent it exactly like the lines it belongs with",
        kind=f"indent {width}",
    )


def _unexpected(text: str, at: int) -> Complaint:
    end = token_end(text, at)
    found = text[at:end]
    return Complaint(
        (at, max(end, at)),
        f"`{found}` is not expected here" if found.strip() else "the text ends too early",
        blank=(damage_start(text, at), line_end(text, at)),
        help="put the value in quotes if it is meant to be text",
    )
