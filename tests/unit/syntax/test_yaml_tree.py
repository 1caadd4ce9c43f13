"""Values, places and navigation of the tree."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import yaml

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.syntax import (
    Mapping,
    Scalar,
    Sequence,
    find,
    find_comments,
    key_span_at,
    parse,
    span_at,
    span_in_scalar,
    to_data,
)

LOADERS = [
    pytest.param(yaml.CSafeLoader, id="libyaml"),
    pytest.param(yaml.SafeLoader, id="pure"),
]


def read(text: str, loader: type = yaml.CSafeLoader) -> tuple[Mapping, Sink]:
    sink = Sink()
    tree = parse(SourceFile("flow.yaml", text), sink, loader=loader)
    assert tree is not None, sink.diagnostics
    return tree, sink


def clean(text: str, loader: type = yaml.CSafeLoader) -> Mapping:
    tree, sink = read(text, loader)
    assert sink.diagnostics == ()
    return tree


def shown(span: Span) -> str:
    return span.source.text[span.start : span.end]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        (".INF", math.inf),
        ("1.0", 1.0),
        ("1.0.0", "1.0.0"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("~", None),
        ("null", None),
        ("", None),
        ("nUll", "nUll"),
        ('"true"', "true"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!int '1'", 1),
        ("!!float 1", 1.0),
        ("! 1", "1"),
        (".", "."),
        ("+", "+"),
        ('"\\ud83d\\ude00"', "😀"),
        ("a\u2028b", "a\u2028b"),
        ('"a\x85b"', "a\x85b"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(
    written: str, value: object, loader: type
) -> None:
    found = find(clean(f"k: {written}\n", loader), ("k",))
    assert isinstance(found, Scalar)
    assert found.value == value
    assert type(found.value) is type(value)


def test_nan_is_a_float() -> None:
    found = find(clean("k: .nan"), ("k",))
    assert isinstance(found, Scalar)
    assert isinstance(found.value, float) and math.isnan(found.value)


def test_the_text_of_a_number_is_kept() -> None:
    found = find(clean("schema_version: 1.0"), ("schema_version",))
    assert isinstance(found, Scalar)
    assert (found.value, found.text, found.quoted, found.style) == (1.0, "1.0", False, "plain")


STYLES = """\
\ufeffflöw: &anchor !!str  plain ü 😀   # comment
single: 'it''s'
double: "a\\tb"
literal: |
  one

  two

# after the block
folded: >-
  one
  two
list:
- a
-   b: 1

# trailing comment
flow: [1, {x: 2}]
anchored: &m
  key: value
tagged: !!seq &s
- x
braces: &b !!map {y: 1}
nothing:
end: 1
"""


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("flöw",), "plain ü 😀"),
        (("single",), "'it''s'"),
        (("double",), '"a\\tb"'),
        (("literal",), "|\n  one\n\n  two"),
        (("folded",), ">-\n  one\n  two"),
        (("list",), "- a\n-   b: 1"),
        (("list", 1), "b: 1"),
        (("list", 1, "b"), "1"),
        (("flow",), "[1, {x: 2}]"),
        (("flow", 1), "{x: 2}"),
        (("anchored",), "key: value"),
        (("tagged",), "- x"),
        (("braces",), "{y: 1}"),
        (("nothing",), ""),
        (("end",), "1"),
    ],
)
def test_spans_hold_exactly_the_value(
    path: tuple[str | int, ...], text: str, newline: str, loader: type
) -> None:
    tree = clean(STYLES.replace("\n", newline), loader)
    assert shown(span_at(tree, path)) == text.replace("\n", newline)


def test_key_spans_and_fallbacks() -> None:
    tree = clean("nodes:\n  - id: a\n    llm: {model: m}\n  - text\n")
    assert shown(key_span_at(tree, ("nodes", 0, "llm", "model"))) == "model"
    assert shown(key_span_at(tree, ("nodes", 0, "llm", "modle"))) == "llm"
    assert shown(key_span_at(tree, ("nodes", 0))) == "id"
    assert shown(key_span_at(tree, ("nodes", 1))) == "text"
    assert shown(key_span_at(tree, ("nodes", 7))) == "nodes"
    assert shown(key_span_at(tree, ())) == "nodes"
    assert shown(span_at(tree, ("nodes", 0, "llm", "nope", "deeper"))) == "{model: m}"
    assert find(tree, ("nodes", "0")) is None
    assert find(tree, ("nodes", 0, "id", "x")) is None


def test_json_is_read() -> None:
    tree = clean('{"a":{"b":[1,2.5,true,null,"\\u00e9\\/"]},\n\t"c":""}')
    assert to_data(tree) == {"a": {"b": [1, 2.5, True, None, "é/"]}, "c": ""}


def test_aliases_and_merges() -> None:
    tree = clean(
        "base: &base {a: 1, b: 2}\n"
        "more: &more {b: 3, c: 4}\n"
        "one: {<<: *base, b: 9}\n"
        "two: {z: 0, <<: [*base, *more]}\n"
        "same: *base\n"
        '"<<": text\n'
    )
    data = to_data(tree)
    assert isinstance(data, dict)
    assert data["one"] == {"a": 1, "b": 9}
    assert data["two"] == {"z": 0, "a": 1, "b": 2, "c": 4}
    assert data["same"] == {"a": 1, "b": 2}
    assert data["<<"] == "text"
    assert shown(span_at(tree, ("two", "c"))) == "4"


def test_aliased_parts_are_shared_not_copied() -> None:
    tree = clean("a: &a [1, 2]\nb: [*a, *a]\n")
    items = find(tree, ("b",))
    assert isinstance(items, Sequence)
    assert items.items[0] is items.items[1] is tree.get("a")


@pytest.mark.parametrize(
    "value",
    [
        "plain text",
        "'it''s quoted'",
        '"tab\\t, \\u00e9, \\"q\\" and \\ud83d\\ude00 \\\n   joined"',
        "|\n  literal {one}\n    deeper\n\n  last",
        "|-\n  no end",
        "|+\n  kept\n\n",
        "|2\n    two extra\n  none",
        ">\n  folded text\n  more\n\n  para\n   deeper\n  back",
        ">\n\n  lead\n  fold",
        "over\n  two lines\n\n  and more",
        '"quoted\n  lines\n\n  too"',
        "ünï 漢字 {ref}",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_each_character_of_a_scalar_has_its_place(value: str, newline: str) -> None:
    text = f"key: {value}\nnext: 1\n".replace("\n", newline)
    scalar = find(clean(text), ("key",))
    assert isinstance(scalar, Scalar)
    assert isinstance(scalar.value, str)
    for at, character in enumerate(scalar.value):
        span = span_in_scalar(scalar, at, at + 1)
        assert scalar.span.start <= span.start <= span.end <= scalar.span.end
        assert span != scalar.span
        if character not in " \n":
            source = shown(span)
            assert source == character or source in (
                "''",
                "\\t",
                "\\u00e9",
                '\\"',
                "\\ud83d\\ude00",
            )


def test_places_in_a_prompt() -> None:
    scalar = find(clean("p: |\n  Hello {topic}\n  and {x}\n"), ("p",))
    assert isinstance(scalar, Scalar)
    at = scalar.text.index("{x}")
    span = span_in_scalar(scalar, at, at + 3)
    assert shown(span) == "{x}"
    assert span.source.position(span.start) == (3, 7)
    assert span_in_scalar(scalar, 500, 600).start == scalar.span.end


def test_comments_are_not_in_values() -> None:
    text = (
        "a: 'x # no'  # one\n"
        "b: |  # two\n"
        "  # no\n"
        "# three\n"
        "c: x#no # four\n"
        "d: [1, # five\n"
        "  2]\n"
        'e: "\n'
        "  # no\n"
        '  "\n'
        "# six"
    )
    source = SourceFile("f", text)
    tree = parse(source, Sink())
    assert tree is not None
    found = [shown(span) for span in find_comments(source, tree)]
    assert found == ["# one", "# two", "# three", "# four", "# five", "# six"]
    assert [shown(span) for span in find_comments(source, tree, "fo")] == ["# four"]


def test_importing_the_reader_stays_cheap() -> None:
    code = "import sys, compiler.syntax; print(sorted({'ruamel', 'pydantic'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
