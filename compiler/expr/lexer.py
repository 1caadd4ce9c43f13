"""Expression text, cut into tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.expr.problem import Problem
from compiler.expr.strings import read_string


class Token(NamedTuple):
    """A piece of an expression.

    `kind` is `name`, `number`, `string`, `op` or `end`; `value` is the value of a number or string.
    """

    kind: str
    text: str
    start: int
    end: int
    value: str | int | float | None = None


class ExpressionError(Exception):
    """Stops the reading of one expression; never leaves this package."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


MAX_LENGTH = 10_000
"""Characters an expression may have."""

_MAX_DIGITS = 300

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<name>[^\W\d]\w*)
      | (?P<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)
      | (?P<string>["'])
      | (?P<op>===|!==|\*\*|//|==|!=|<=|>=|<>|:=|&&|\|\||->|=>|=<|<<|>>|\+\+|\S)
      | (?P<end>$)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:\d+(?:_\d+)*)?(?:\.(?:\d+(?:_\d+)*)?)?(?:[eE][+-]?\d+(?:_\d+)*)?")


def tokenize(text: str) -> list[Token]:
    """Cut `text` into tokens, the last one of kind `end`.

    Raises:
        ExpressionError: a string is not closed or a number cannot be read.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            Problem("AC401", f"the expression is longer than {MAX_LENGTH} characters", 0, len(text))
        )
    tokens: list[Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:  # only a character that is space to `\s` and text to `\S` would get here
            raise ExpressionError(Problem("AC401", "unreadable character", at, at + 1))
        kind = match.lastgroup or "end"
        start, at = match.start(kind), match.end(kind)
        piece = match[kind]
        if kind == "string":
            value = read_string(text, start)
            if isinstance(value, Problem):
                raise ExpressionError(_with_prefix(value, tokens, start))
            at = value.end
            tokens.append(Token("string", text[start:at], start, at, value.text))
        elif kind == "number":
            at = _end_of_word(text, at)
            piece = text[start:at]
            tokens.append(Token("number", piece, start, at, _number(piece, start)))
        elif kind == "end":
            end = len(text.rstrip())
            tokens.append(Token("end", "", end, end))
            return tokens
        else:
            tokens.append(Token(kind, piece, start, at))


def _with_prefix(problem: Problem, tokens: list[Token], start: int) -> Problem:
    """Keep the problem of a string, unless its quote is an apostrophe right after a word."""
    if tokens and tokens[-1].kind == "name" and tokens[-1].end == start:
        return Problem(
            problem.code,
            problem.message,
            problem.start,
            problem.end,
            notes=('text stands in quotes as a whole, such as `"it\'s"`',),
            help=problem.help,
        )
    return problem


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    return at


def _number(piece: str, start: int) -> int | float:
    end = start + len(piece)
    if not _NUMBER.fullmatch(piece) or not piece.isascii():
        raise ExpressionError(
            Problem(
                "AC401",
                f"`{piece[:40]}` is not a number",
                start,
                end,
                notes=(
                    "numbers are decimal: `12`, `0.8`, `1_000`, `1e6`; names start with a letter",
                ),
            )
        )
    if len(piece) > _MAX_DIGITS:
        raise ExpressionError(
            Problem("AC401", f"a number of more than {_MAX_DIGITS} characters", start, end)
        )
    if any(mark in piece for mark in ".eE"):
        value = float(piece)
        if value == float("inf"):
            raise ExpressionError(Problem("AC401", f"`{piece[:40]}` is too large", start, end))
        return value
    if piece[0] == "0" and piece.strip("0_"):
        raise ExpressionError(
            Problem(
                "AC401",
                f"`{piece[:40]}` starts with a zero",
                start,
                end,
                help=f"write `{piece.lstrip('0_')[:40]}`, or quotes around it if it is text",
            )
        )
    return int(piece)
