"""The edge shorthand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.spec import ChainProblem, parse_chain


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("START -> END", [["START"], ["END"]]),
        ("a->b", [["a"], ["b"]]),
        ("START -> a -> [b, c] -> d -> END", [["START"], ["a"], ["b", "c"], ["d"], ["END"]]),
        ("[a,b] -> [ c ]", [["a", "b"], ["c"]]),
        ("a ->\n b", [["a"], ["b"]]),
    ],
)
def test_chain(text: str, steps: list[list[str]]) -> None:
    found = parse_chain(text)
    assert not isinstance(found, ChainProblem)
    assert [[name.name for name in step.names] for step in found] == steps
    for step in found:
        for name in step.names:
            assert text[name.start : name.end] == name.name


@pytest.mark.parametrize(
    ("text", "message", "under"),
    [
        ("", "expected a node or `[`, found the end of the text", ""),
        ("a", "expected `->`, found the end of the text", ""),
        ("a ->", "expected a node or `[`, found the end of the text", ""),
        ("a -> -> b", "expected a node or `[`, found `->`", "->"),
        ("a b", "expected `->`, found `b`", "b"),
        ("a -> [b c]", "expected `,` or `]`, found `c`", "c"),
        ("a -> []", "expected a node, found `]`", "]"),
        ("a -> [b, ]", "expected a node, found `]`", "]"),
        ("a -> [b", "expected `,` or `]`, found the end of the text", ""),
        ("a -> b]", "expected `->`, found `]`", "]"),
        ("a → b", "expected `->`, found `→`", "→"),
    ],
)
def test_no_chain(text: str, message: str, under: str) -> None:
    found = parse_chain(text)
    assert isinstance(found, ChainProblem)
    assert (found.message, text[found.start : found.end]) == (message, under)


@given(st.text(alphabet="ab->[], \n", max_size=30))
def test_offsets_are_inside_the_text(text: str) -> None:
    found = parse_chain(text)
    if isinstance(found, ChainProblem):
        assert 0 <= found.start <= found.end <= len(text)
    else:
        assert len(found) > 1
