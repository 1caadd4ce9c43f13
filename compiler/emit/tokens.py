"""Generated Python, cut into tokens, and which of them may stand for one another."""

from __future__ import annotations

import keyword
import re

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|[A-Za-z]{1,2}(?=[\"'])(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|[^\W\d]\w*"
    r"|\d[\w.]*"
    r"|\#[^\n]*"
    r"|\s+"
    r"|.",
    re.DOTALL,
)
_FIXED = frozenset({*keyword.kwlist, *keyword.softkwlist, "print", "exec"})
_PLAIN_DOC = re.compile(r'"""[^\s"\\](?:[^"\\\n]*[^\s"\\])?"""')
_ONE_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"')

NAME, TEXT, DOC = WORDS = (-1, -2, -3)
"""Kinds of tokens: a word, a text, the text of a docstring."""


class _Kinds(dict[str, str | int]):
    def __missing__(self, token: str) -> str | int:
        self[token] = found = _kind(token)
        return found


KINDS = _Kinds()
"""The kind of a token in whose place another of its kind could stand with no change around it; else the token."""


def tokenize(text: str) -> list[str]:
    """Cut a text into tokens; put together they are the text again."""
    return _TOKEN.findall(text)


def _kind(token: str) -> str | int:
    if token.startswith('"""'):
        is_word, kind = _PLAIN_DOC.fullmatch(token) is not None and token.isascii(), DOC
    elif token[0] == '"':
        is_word, kind = _ONE_WORD.fullmatch(token) is not None and token.isascii(), TEXT
    else:
        is_word, kind = token.isidentifier() and token not in _FIXED, NAME
    return kind if is_word else token
