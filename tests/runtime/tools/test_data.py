"""The tools that only compute: JSON, YAML, CSV, arithmetic, dates, text."""

import datetime as clock
import time

import pytest

from runtime_stubs.errors import ToolError
from runtime_stubs.tool import Tool
from runtime_stubs.tools.calculator import calculator
from runtime_stubs.tools.dataframe_to_csv import dataframe_to_csv
from runtime_stubs.tools.datetime import datetime
from runtime_stubs.tools.json_parse import json_parse
from runtime_stubs.tools.text_split import split_text, text_split
from runtime_stubs.tools.yaml_parse import yaml_parse

from .calling import call, refusal

SUMS: dict[str, object] = {
    "1 + 2 * 3": 7,
    "(1 + 2) * 3": 9,
    "-2 ** 2": -4,
    "2 ^ 10": 1024,
    "7 // 2 + 7 % 2": 4,
    "1 / 4": 0.25,
    "sqrt(16) + abs(-1)": 5.0,
    "max(1, 2, 3)": 3,
    "round(3.14159, 2)": 3.14,
    "floor(pi)": 3,
    "1e3": 1000.0,
    "2 ** 0.5 * 2 ** 0.5": 2.0000000000000004,
    " 1\n": 1,
}
NO_SUMS = [
    "", "1 +", "x", "1 if 2 else 3", "'a' * 3", "[1] * 9", "().__class__", "__import__('os')",
    "open('x')", "abs.__self__", "lambda: 1", "9 ** 9 ** 9", "2 ** 10 ** 10", "1 << 99",
    "(2 ** 4000) * (2 ** 4000)", "1 / 0", "0 ** -1", "(-8) ** 0.5", "sqrt(-1)", "exp(9999)",
    "1e308 * 10", "True", "1 == 1", "max(x=1)", "max(1)", "round(1, 2, 3)", "(" * 300 + "1" + ")" * 300,
    "1" * 2000, "{1}", "f'{1}'", "1; 2", "a := 1", "5 ** 99999999", "round(5, -30000000)", "round(5, 10 ** 9)", "round(1.5, 2.5)",
    "b'a'", "1j", "None",
]  # fmt: skip


@pytest.mark.parametrize("expression", SUMS)
def test_calculator(expression: str) -> None:
    assert call(calculator(), expression=expression) == SUMS[expression]


@pytest.mark.parametrize("expression", NO_SUMS)
def test_calculator_refuses(expression: str) -> None:
    started = time.monotonic()
    assert refusal(calculator(), expression=expression)
    assert time.monotonic() - started < 1


def test_json() -> None:
    assert call(json_parse(), text='{"a": [1, null]}') == {"a": [1, None]}
    assert call(json_parse(), text='```json\n{"a": 1}\n```') == {"a": 1}
    assert refusal(json_parse(), text="{'a': 1}") == (
        "not JSON: Expecting property name enclosed in double quotes in line 1, column 2"
    )
    assert "not JSON" in refusal(json_parse(), text="[" * 100_000)
    for word in ("NaN", "Infinity", "-Infinity"):
        assert (
            refusal(json_parse(), text=f"[{word}]")
            == f"not JSON that can be read: `{word}` is not JSON"
        )
    assert "at most 5" in refusal(json_parse(max_bytes=5), text="[1, 2, 3]")


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


def test_yaml() -> None:
    text = "a: no\nb: 2024-01-01\nc: [1, 2.5, null, true]\nd: &x {e: 0o17}\nf: *x\n"
    expected = {
        "a": "no",
        "b": "2024-01-01",
        "c": [1, 2.5, None, True],
        "d": {"e": 15},
        "f": {"e": 15},
    }
    assert call(yaml_parse(), text=text) == expected
    assert refusal(yaml_parse(), text="a: [1").startswith("not YAML")
    assert refusal(yaml_parse(), text="!!python/object/apply:os.system ['x']").startswith(
        "not YAML"
    )
    assert "more than 100000 values" in refusal(yaml_parse(), text=BOMB)
    assert "not YAML" in refusal(yaml_parse(), text="[" * 10_000)


def test_csv() -> None:
    rows = [{"a": 1, "b": 'x "y", z'}, {"b": None, "c": [1, {"d": 2}]}]
    assert call(dataframe_to_csv(), rows=rows) == ('a,b,c\n1,"x ""y"", z",\n,,"[1, {""d"": 2}]"\n')
    assert call(dataframe_to_csv(delimiter=";"), rows=rows, columns=["b", "z"]) == (
        'b;z\n"x ""y"", z";\n;\n'
    )
    assert call(dataframe_to_csv(header=False), rows=[]) == ""
    assert "must be array" in refusal(dataframe_to_csv(), rows="text")


NOON = clock.datetime(2024, 2, 28, 12, 0, tzinfo=clock.UTC)


@pytest.fixture
def dates() -> Tool:
    """The tool, with a clock that stands still."""
    return datetime(now=lambda: NOON)


def test_dates(dates: Tool) -> None:
    assert call(dates) == "2024-02-28T12:00:00+00:00"
    assert call(dates, timezone="Asia/Tokyo") == "2024-02-28T21:00:00+09:00"
    assert call(dates, days=2, hours=-1) == "2024-03-01T11:00:00+00:00"
    assert call(dates, operation="weekday") == "Wednesday"
    assert (
        call(dates, value="2024-03-31T01:30:00", timezone="Europe/Berlin", format="%d.%m. %H:%M")
        == "31.03. 01:30"
    )
    assert call(dates, operation="difference", other="2024-02-29T12:00:00Z") == 86400.0
    assert call(dates, value="2024-01-01", other="2024-01-02", operation="difference") == 86400.0
    local = datetime(timezone="America/New_York", now=lambda: NOON)
    assert call(local) == "2024-02-28T07:00:00-05:00"


def test_dates_that_are_none(dates: Tool) -> None:
    assert refusal(dates, value="yesterday") == "`yesterday` is not a time in ISO 8601"
    assert refusal(dates, timezone="Mars/Base").startswith("time zone `Mars/Base` is not known")
    assert refusal(dates, timezone="../../etc/passwd").startswith("time zone")
    assert refusal(dates, operation="difference") == "`difference` needs `other`, the later time"
    assert refusal(dates, days=1e12).startswith("no such time")


@pytest.mark.parametrize("size", [1, 7, 40, 1000])
def test_pieces_add_up_and_are_small_enough(size: int) -> None:
    text = "One sentence. Another one, with a comma! A third?\n\nA new paragraph\nwith lines. " * 7
    pieces = split_text(text, size)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= size


def test_cuts_are_at_good_places() -> None:
    text = "First paragraph here.\n\nSecond paragraph here.\n\nThird one."
    assert split_text(text, 30) == [
        "First paragraph here.\n\n",
        "Second paragraph here.\n\n",
        "Third one.",
    ]
    assert split_text("aaa bbb ccc ddd", 8) == ["aaa bbb ", "ccc ddd"]


def test_pieces_do_not_fill_the_memory() -> None:
    started = time.monotonic()
    for size, overlap in ((1, 0), (50_000, 49_999)):
        with pytest.raises(ToolError, match="take a larger `size`"):
            split_text("x" * 1_000_000, size, overlap)
    assert time.monotonic() - started < 5


def test_pieces_overlap() -> None:
    assert split_text("abcdefghij", 4, 2) == ["abcd", "cdef", "efgh", "ghij"]
    assert call(text_split(size=4, overlap=1), text="abcdefg") == ["abcd", "defg"]
    assert call(text_split(), text="") == []
    assert "expected at least 0 and less than `size` 2" in refusal(
        text_split(), text="abc", size=2, overlap=2
    )
    with pytest.raises(ToolError, match="overlap"):
        text_split(size=10, overlap=10)
