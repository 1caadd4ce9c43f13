"""Which braces of a prompt are references, and what is said about the ones that refer to nothing."""

from __future__ import annotations

import pytest

from compiler.expr import (
    DICT,
    FLOAT,
    INT,
    STR,
    ListType,
    RecordField,
    RecordType,
    Scope,
    TypedTemplate,
    check_template,
    optional,
    parse_template,
    render_template,
)

CITY = RecordType("City", (RecordField("name", STR), RecordField("code", STR, required=False)))
SCOPE = Scope(
    {"topic": STR, "score": FLOAT, "city": CITY, "home": optional(CITY), "items": ListType(DICT)},
    {"index": INT},
)
ENV = {
    "state": {
        "topic": 'a {topic} "b"',
        "score": 0.5,
        "city": {"name": "Köln"},
        "home": None,
        "items": [{"a": [1, None, True]}],
    },
    "index": 2,
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("about {topic}", 'about a {topic} "b"'),
        ("{state.topic}|{topic}", 'a {topic} "b"|a {topic} "b"'),
        ("{{topic}} stays", "{topic} stays"),
        ("{{{topic}}}", "{{topic}}"),
        ('{"a": {"b": {score}}}', '{"a": {"b": 0.5}}'),
        (
            "{ x } {} {0} {a b} {topic!r} {topic:>3} {'a'}",
            "{ x } {} {0} {a b} {topic!r} {topic:>3} {'a'}",
        ),
        ("{{ topic }} {% if x %}", "{{ topic }} {% if x %}"),
        ("{items[0].a} {items[-1]}", '[1,null,true] {"a":[1,null,true]}'),
        ("{city.name} {city} {city.code}", 'Köln {"name":"Köln"} null'),
        ("{home} #{index}", "null #2"),
        ("", ""),
    ],
)
def test_rendering(text: str, rendered: str) -> None:
    result = check_template(parse_template(text), SCOPE)
    assert isinstance(result, TypedTemplate), result
    assert render_template(result.template, ENV) == rendered


@pytest.mark.parametrize(
    ("text", "code", "marked", "message", "help", "near"),
    [
        (
            "{state.topc}",
            "AC404",
            "topc",
            "unknown state field `topc`",
            "did you mean `topic`?",
            "topic",
        ),
        ("{topc}", "AC404", "topc", "unknown name `topc`", "did you mean `topic`?", "topic"),
        (
            r"\frac{a}{{b}}",
            "AC404",
            "a",
            "unknown name `a`",
            "for the text `{a}` itself write `{{a}}`",
            None,
        ),
        (
            "{none}",
            "AC404",
            "none",
            "unknown name `none`",
            "for the text `{none}` itself write `{{none}}`",
            None,
        ),
        (
            "{state}",
            "AC404",
            "state",
            "`state` itself is not a value",
            "name a field: `{state.x}`",
            None,
        ),
        (
            "{city.nam}",
            "AC405",
            "nam",
            "`City` has no attribute `nam`",
            "did you mean `name`?",
            "name",
        ),
        (
            "{home.name}",
            "AC413",
            "home",
            "`state.home` may be null",
            "give the field a default, or the node a `when` that tests it",
            None,
        ),
        ("{topic[0].x}", "AC405", "x", "`str` has no attribute `x`", None, None),
    ],
)
def test_problems(
    text: str, code: str, marked: str, message: str, help: str | None, near: str | None
) -> None:
    problems = check_template(parse_template(text), SCOPE)
    assert isinstance(problems, list)
    (problem,) = problems
    found = (problem.code, text[problem.start : problem.end], problem.message, problem.help)
    assert found == (code, marked, message, help)
    assert problem.near == near


def test_all_references_are_checked() -> None:
    problems = check_template(parse_template("{a} {topic} {b}"), SCOPE)
    assert isinstance(problems, list)
    assert len(problems) == 2


def test_reads_and_types_follow_the_references() -> None:
    text = "{index} {topic} {city.name}"
    result = check_template(parse_template(text), SCOPE)
    assert isinstance(result, TypedTemplate)
    assert result.types == (INT, STR, STR)
    assert [(read.field, text[read.start : read.end]) for read in result.reads] == [
        ("topic", "topic"),
        ("city", "city"),
    ]


def test_a_template_of_one_reference_is_told_apart() -> None:
    assert parse_template("{state.topic}").only_reference is not None
    assert parse_template(" {state.topic}").only_reference is None
    assert parse_template("{{state.topic}}").only_reference is None
