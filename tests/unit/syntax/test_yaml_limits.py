"""Hostile files: refused in words, in little time, never with an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.syntax import Tree, decode, parse, to_data
from compiler.syntax.events import paused_collection

MEGA = 1_000_000


def codes_of(text: str) -> tuple[list[str], Tree | None]:
    sink = Sink()
    # Threads and garbage that earlier tests left in this process are not what is looked at.
    with paused_collection():
        started = time.thread_time()
        tree = parse(SourceFile("f", text), sink)
        assert time.thread_time() - started < 2
    return [found.code for found in sink.diagnostics], tree


LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)
MERGE_CHAIN = "a0: &a0 {k0: 1}\n" + "".join(
    f"a{i}: &a{i}\n  <<: *a{i - 1}\n  k{i}: 1\n" for i in range(1, 95)
)
DEEP_ALIASES = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 200))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param(LAUGHS, ["AC106"], id="billion-laughs"),
        pytest.param(DEEP_ALIASES, ["AC105"], id="deep-aliases"),
        pytest.param("[" * 10_000, ["AC105"], id="deep-brackets"),
        pytest.param("{a: " * 10_000, ["AC105"], id="deep-braces"),
        pytest.param("- " * 10_000, ["AC105"], id="deep-dashes"),
        pytest.param("a: " + "9" * 5000, ["AC105"], id="long-number"),
        pytest.param("#" * (4 * 1024 * 1024 + 1), ["AC105"], id="long-text"),
        pytest.param("a: &a [*a]", ["AC106"], id="circle"),
        pytest.param("a: &a {b: {c: *a}}", ["AC106"], id="deeper-circle"),
        pytest.param("a: \0", ["AC108"], id="nul"),
        pytest.param("a: \ud800", ["AC108"], id="surrogate"),
        pytest.param("\0" * MEGA, ["AC104", *["AC108"] * 5], id="many-nuls"),
        pytest.param("\t" * MEGA, ["AC101", "AC104"], id="tabs"),
        pytest.param("a: " + "x y " * 25_000, [], id="long-line"),
        pytest.param('a: "' + "x y " * 25_000 + '"', [], id="long-quoted-line"),
        pytest.param("?" * MEGA, ["AC104"], id="question-marks"),
        pytest.param("&a " * 100_000, ["AC101"], id="anchors"),
        pytest.param("a: |\n" + "\n" * MEGA + " x", [], id="blank-lines"),
        pytest.param('a: "' + "\\q" * 100_000 + '"', ["AC101"], id="bad-escapes"),
        pytest.param("a: [" + "\n b, " * 50_000, ["AC101"], id="open-bracket"),
        pytest.param(":" * MEGA, ["AC101"], id="colons"),
    ],
)
def test_hostile_texts(text: str, codes: list[str]) -> None:
    assert codes_of(text)[0] == codes


def test_half_a_million_values_are_the_limit() -> None:
    sink = Sink()
    assert parse(SourceFile("f", "a: [" + "x," * 500_001 + "]"), sink) is None
    assert [found.code for found in sink.diagnostics] == ["AC105"]


def test_errors_on_every_line_are_bounded() -> None:
    codes, _ = codes_of("".join(f"k{i}: @x\n" for i in range(50_000)))
    assert set(codes) == {"AC101"}
    assert len(codes) < 20


def test_merge_chains_stay_linear() -> None:
    codes, tree = codes_of(MERGE_CHAIN)
    assert codes == []
    assert tree is not None
    data = to_data(tree)
    assert isinstance(data, dict) and len(data["a94"]) == 95


def test_a_hundred_levels_are_fine() -> None:
    codes, tree = codes_of("a: " + "[" * 99 + "]" * 99)
    assert codes == []
    assert tree is not None


def test_reading_is_linear() -> None:
    def seconds(nodes: int) -> float:
        text = "nodes:\n" + "".join(
            f"  - id: n{i}\n    llm: {{model: m, temperature: 0.5}}\n    prompt: |\n      Do {{x}}.\n"
            for i in range(nodes)
        )
        started = time.process_time()
        assert parse(SourceFile("f", text), Sink()) is not None
        return time.process_time() - started

    seconds(100)
    small = min(seconds(1_000) for _ in range(3))
    assert seconds(10_000) < 30 * small


YAML_CHARACTERS = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("ab: -[]{},&*!|>'\"%@`#?\n\n  \t\\~<01.\r\ufeff\x85\u2028é😀")),
        st.characters(),
    ),
    max_size=120,
)


@settings(max_examples=400, deadline=2000)
@given(
    st.one_of(st.binary(max_size=200), YAML_CHARACTERS.map(lambda t: t.encode("utf-8", "replace")))
)
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    sink = Sink()
    source = decode("f", data, sink)
    tree = parse(source, sink) if source is not None else None
    if tree is None:
        assert sink.has_errors
    else:
        to_data(tree)
    for found in sink.diagnostics:
        for label in found.labels:
            assert 0 <= label.span.start <= label.span.end <= len(label.span.source.text)


@settings(max_examples=300, deadline=2000)
@given(YAML_CHARACTERS.filter(lambda t: all(not 0xD800 <= ord(c) <= 0xDFFF for c in t)))
def test_spans_lie_in_their_parents(text: str) -> None:
    tree = parse(SourceFile("f", text), Sink())

    def check(node: Tree, low: int, high: int) -> None:
        assert 0 <= node.span.start <= node.span.end <= len(text)
        if "*" not in text:
            assert low <= node.span.start and node.span.end <= high
        for child in getattr(node, "items", ()):
            check(child, node.span.start, node.span.end)
        for entry in getattr(node, "entries", ()):
            check(entry.key, node.span.start, node.span.end)
            check(entry.value, node.span.start, node.span.end)

    if tree is not None:
        check(tree, 0, len(text))
