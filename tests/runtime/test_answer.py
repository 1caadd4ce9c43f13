"""Answers are read leniently and checked strictly; shapes fit what providers take."""

import json
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from runtime_stubs.answer import Unfit, parsed
from runtime_stubs.json_schema import problems
from runtime_stubs.messages import Message, without_tools
from runtime_stubs.shape import shape_of


class Topics(BaseModel):
    topics: list[str]


class Point(BaseModel):
    x: int
    y: int | None = None


class Tree(BaseModel):
    name: str
    children: list["Tree"]


class Mixed(BaseModel):
    point: Point
    title: str  # a property with the name of a keyword
    kind: Literal["a", "b"] = "a"
    counts: dict[str, int] = Field(default_factory=dict)


@pytest.mark.parametrize(
    "text",
    [
        '{"topics": ["a", "b"]}',
        'Sure!\n```json\n{"topics": ["a", "b"]}\n```\nAnything else?',
        '```\n{"topics": ["a", "b"]}\n```',
        'Here you are: {"topics": ["a", "b"]}. Enjoy.',
        '<think>maybe {"topics": []}?</think>\n{"topics": ["a", "b"]}',
        '["a", "b"]',
    ],
)
def test_wrapped_answers(text: str) -> None:
    assert parsed(text, Topics).topics == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("none", "not valid JSON"),
        ('{"x": NaN}', "not valid JSON"),
        ('{"x": "many"}', "`x`: Input should be a valid integer"),
        ("{}", "`x`: Field required"),
        ("[1]", "`answer`: Input should be a valid dictionary"),
    ],
)
def test_unfit_answers(text: str, problem: str) -> None:
    with pytest.raises(Unfit, match=problem):
        parsed(text, Point)


def test_shape_has_no_references_and_keeps_properties_named_like_keywords() -> None:
    shape = shape_of(Mixed)
    assert "$ref" not in json.dumps(shape.schema) and "$defs" not in shape.schema
    assert shape.schema["properties"]["title"] == {"type": "string"}  # type: ignore[index]
    assert not shape.strict  # `counts` has keys that nobody described


def test_strict_form_requires_everything() -> None:
    shape = shape_of(Point)
    assert shape.strict
    sent = shape.response_format()["json_schema"]["schema"]  # type: ignore[index]
    assert sent["required"] == ["x", "y"]
    assert sent["additionalProperties"] is False
    assert "default" not in json.dumps(sent)


def test_a_type_that_contains_itself_keeps_its_reference() -> None:
    schema = shape_of(Tree).schema
    assert problems({"name": "a", "children": [{"name": "b", "children": []}]}, schema) == []
    assert problems({"name": "a", "children": [{"name": 1, "children": []}]}, schema) == [
        "`children[0].name` must be string, found int"
    ]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"q": "a"}, []),
        ({"q": "a", "n": 3, "tags": ["x"]}, []),
        ({"q": "a", "n": 3.0}, []),
        ({}, ["`q` is missing"]),
        ({"q": 1}, ["`q` must be string, found int"]),
        ({"q": "a", "n": True}, ["`n` must be integer, found bool"]),
        ({"q": "a", "n": 12}, ["`n` must be at most 9, found 12"]),
        ({"q": "a", "tags": ["z"]}, ["`tags[0]` must be one of 'x', 'y', found 'z'"]),
        ({"q": "a", "z": 1}, ["`z` is unknown; known: `q`, `n`, `tags`, `maybe`"]),
        ({"q": "a", "maybe": None}, []),
        ({"q": "a", "maybe": []}, ["`maybe` fits none of its 2 allowed forms"]),
    ],
)
def test_json_schema(value: object, found: list[str]) -> None:
    schema = {
        "type": "object",
        "properties": {
            "q": {"type": "string"},
            "n": {"type": "integer", "maximum": 9},
            "tags": {"type": "array", "items": {"enum": ["x", "y"]}},
            "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["q"],
        "additionalProperties": False,
    }
    assert problems(value, schema) == found


def test_tool_turns_told_as_text() -> None:
    call: Message = {
        "role": "assistant",
        "content": "Let me look.",
        "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        ],
    }
    messages: list[Message] = [
        {"role": "user", "content": "Where?"},
        call,
        {"role": "tool", "tool_call_id": "1", "name": "look", "content": "here"},
        {"role": "tool", "tool_call_id": "2", "name": "look", "content": "there"},
    ]
    assert without_tools(messages) == [
        {"role": "user", "content": "Where?"},
        {"role": "assistant", "content": "Let me look.\n(called `look` with {})"},
        {"role": "user", "content": "Result of `look`:\nhere\n\nResult of `look`:\nthere"},
    ]
