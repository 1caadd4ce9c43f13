"""Inputs: how they are read, checked and shown again."""

import json
import math
from typing import Any, Literal, NotRequired

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict  # as in generated packages, unknown to `typing`

from runtime_stubs.conform import is_text, mismatches, type_name
from runtime_stubs.errors import InputError
from runtime_stubs.inputs import Input, check_inputs, parse_assignments
from runtime_stubs.readable import readable
from runtime_stubs.text import text
from runtime_stubs.yaml_text import load_yaml


class Panel(TypedDict):
    """A named type."""

    first: str
    last: NotRequired[str]


class Given(TypedDict):
    """Inputs of all kinds."""

    name: str
    level: NotRequired[Literal["low", "high"]]
    count: NotRequired[int]
    note: NotRequired[str | None]
    size: NotRequired[float | None]
    panels: NotRequired[list[Panel]]
    table: NotRequired[dict[str, list[int]]]
    thing: NotRequired[Any]


FIELDS = (
    Input("name", "str", required=True),
    Input("level", "str", default="low"),
    Input("count", "int", default=1),
    Input("note", "str?"),
    Input("size", "float?"),
    Input("panels", "list[Panel]", default=[]),
    Input("table", "dict[str, list[int]]", default={}),
    Input("thing", "any"),
)


@pytest.mark.parametrize(
    ("value", "hint", "problem"),
    [
        (1, str, "`x` is int 1, expected str"),
        (True, int, "`x` is bool True, expected int"),
        (1, float, None),
        (True, float, "`x` is bool True, expected float"),
        (None, str, "`x` is null, expected str"),
        (None, str | None, None),
        (1, str | None, "`x` is int 1, expected str?"),
        ("mid", Literal["low"], "`x` is str 'mid', expected one of `low`"),
        (["a", 1], list[str], "`x[1]` is int 1, expected str"),
        ({"a": [1, "b"]}, dict[str, list[int]], "`x.a[1]` is str 'b', expected int"),
        ({1: []}, dict[str, list[int]], "`x key 1` is int 1, expected str"),
        ([], dict[str, int], "`x` is list [], expected dict[str, int]"),
        ({"first": "A"}, Panel, None),
        ({"last": "B"}, Panel, "`x.first` is missing"),
        ({"first": "A", "middle": "C"}, Panel, "`x.middle` is unknown, expected first, last"),
        ("A", Panel, "`x` is str 'A', expected Panel (an object)"),
        (object, Any, None),
    ],
)
def test_types(value: object, hint: object, problem: str | None) -> None:
    assert next(mismatches(value, hint, "x"), None) == problem


def test_names_and_text_types() -> None:
    assert type_name(list[Panel]) == "list[Panel]"
    assert type_name(dict[str, Any]) == "dict[str, any]"
    assert [is_text(hint) for hint in (str, Literal["a"], str | None, int, list[str], Any)] == [
        *(True, True, True),
        *(False, False, False),
    ]


def test_defaults_are_filled_in_and_never_shared() -> None:
    first = check_inputs({"name": "n"}, FIELDS, Given)
    assert first["count"] == 1
    assert isinstance(first["panels"], list)
    first["panels"].append("mine")
    assert check_inputs({"name": "n"}, FIELDS, Given)["panels"] == []


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        check_inputs({"nam": "n", "count": "1", "panels": [{}]}, FIELDS, Given)
    assert caught.value.problems == (
        "input `name` (str) is required",
        "input `nam` is unknown; did you mean `name`?",
        "input `count` is str '1', expected int",
        "input `panels[0].first` is missing",
    )


def test_assignments_are_text_or_yaml_by_type() -> None:
    pairs = ["name=12", "note=no", "count=12", "size=1e3", "table={a: [1, 2]}", "thing=[no, 1]"]
    assert parse_assignments([*pairs, "level=high"], {"count": 5}, FIELDS, Given) == {
        "name": "12",
        "note": "no",
        "count": 12,
        "size": 1000.0,
        "table": {"a": [1, 2]},
        "thing": ["no", 1],
        "level": "high",
    }


def test_what_cannot_be_read_is_not_called_missing_too() -> None:
    with pytest.raises(InputError) as caught:
        parse_assignments(["name=@/nowhere", "count=[", "zzz=1"], {}, FIELDS, Given)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "input `name` (str) cannot be read",
        "input `count` (int) cannot be read",
        "input `zzz` is unknown; known",
    ]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        *(("no", "no"), ("012", 12), ("0o12", 10), ("0x1F", 31), ("1e3", 1000.0), (".5", 0.5)),
        *(("-.5", -0.5), ("1.", 1.0), ("-.inf", -math.inf), ("~", None), ("", None)),
        *(("TRUE", True), ("2024-01-01", "2024-01-01"), ("12:30:45", "12:30:45")),
        *(("NaN", "NaN"), ("0b11", "0b11"), ("1_000", "1_000"), ("=", "="), ("<<", "<<")),
    ],
)
def test_yaml_is_version_1_2(source: str, value: object) -> None:
    assert load_yaml(source) == value
    assert type(load_yaml(source)) is type(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=10,
)


@given(JSON)
def test_json_is_yaml(value: object) -> None:
    assert load_yaml(json.dumps(value)) == value


@given(st.dictionaries(st.sampled_from("abcdef"), JSON, min_size=1))
def test_what_is_shown_can_be_read_back(state: dict[str, object]) -> None:
    def same(shown: object, value: object) -> bool:
        if isinstance(value, dict) and isinstance(shown, dict):
            return all(same(shown[key], value[key]) for key in value)
        if isinstance(value, list) and isinstance(shown, list):
            return all(same(*pair) for pair in zip(shown, value, strict=True))
        return shown == value

    assert same(load_yaml(readable(state)), state)


def test_text_in_prompts() -> None:
    assert text("as {it} is\n") == "as {it} is\n"
    assert text({"a": [1, None, True, "é"]}) == '{"a":[1,null,true,"é"]}'
