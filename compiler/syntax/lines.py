"""Line geometry: where lines, keys, values and blocks start and end in a text."""

from __future__ import annotations

import re

# What stands before the value of a line: indentation, dashes, and a key that is not in brackets.
_LEAD = re.compile(r"[ \t]*(?:-[ \t]+)*")
_KEY = re.compile(
    r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s\-"'#\[\]{}&*!|>%@`,][^\n#:]*?)[ \t]*:(?=\s|$)"""
)
_COMMENT = re.compile(r"(?:(?<=[ \t])|^)#[^\n]*")


def line_start(text: str, at: int) -> int:
    """Return the offset of the first character of the line that holds `at`."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Return the offset of the line break that ends the line that holds `at`."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def indent_of(text: str, at: int) -> int:
    """Return how many spaces and tabs the line of `at` starts with."""
    start = line_start(text, at)
    line = text[start : line_end(text, at)]
    return len(line) - len(line.lstrip(" \t"))


def first_in_line(text: str, at: int) -> int:
    """Return the offset of the first character of the line of `at` that is not space."""
    return line_start(text, at) + indent_of(text, at)


def content_end(text: str, at: int) -> int:
    """Return where the line's content ends from `at` on: before a comment and trailing space."""
    end = line_end(text, at)
    match = _COMMENT.search(text, at, end)
    stop = match.start() if match and match.start() > at else end
    return at + len(text[at:stop].rstrip())


def value_start(text: str, at: int) -> int:
    """Return where the value that holds `at` starts in its line: after the dashes and the key."""
    lead = _LEAD.match(text, line_start(text, at), line_end(text, at))
    begin = lead.end() if lead else line_start(text, at)
    key = _KEY.match(text, begin, line_end(text, at))
    if key is None or key.end() > at:
        return begin
    start = key.end()
    while start < at and text[start] in " \t":
        start += 1
    return start


def damage_start(text: str, at: int) -> int:
    """Return from where the line of `at` must be left out so that its dashes and key stay."""
    start = value_start(text, at)
    while start > line_start(text, at) and text[start - 1] in " \t":
        start -= 1
    lead_only = text[line_start(text, at) : start].strip() == ""
    return first_in_line(text, at) if lead_only else start


def block_end(text: str, at: int, *, least: int) -> int:
    """Return the end of the line of `at` and of the lines after it indented by at least `least`."""
    end = line_end(text, at)
    while end < len(text):
        following = line_end(text, end + 1)
        line = text[end + 1 : following]
        if line.strip() and len(line) - len(line.lstrip(" \t")) < least:
            break
        end = following
    return end


def token_end(text: str, at: int) -> int:
    """Return the end of the run of characters at `at` up to space or punctuation; at least one."""
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in ",[]{}\"'":
        end += 1
    return max(end, min(at + 1, len(text)))
