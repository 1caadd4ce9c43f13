"""Types: how they are written and read, where they go, which values they take, their JSON Schema."""

from __future__ import annotations

import pytest

from compiler.expr import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    LIST,
    MESSAGES,
    NULL,
    STR,
    DictType,
    EnumType,
    ListType,
    Problem,
    RecordField,
    RecordType,
    Type,
    apply_enum,
    apply_schema,
    fits,
    is_assignable,
    json_schema,
    keep_values,
    optional,
    parse_type,
    remove_null,
    remove_values,
    show,
    unify,
)

LEVEL = EnumType(("low", "high"))
PANEL = RecordType("Panel", (RecordField("first", STR), RecordField("last", STR, required=False)))
NAMED: dict[str, Type] = {"Panel": PANEL, "Level": LEVEL}


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("str", STR),
        (" any ", ANY),
        ("list", LIST),
        ("dict", DICT),
        ("object", DICT),
        ("messages", MESSAGES),
        ("list[str]", ListType(STR)),
        ("list[ int ] ?", optional(ListType(INT))),
        ("dict[str, list[int?]]", DictType(STR, ListType(optional(INT)))),
        ("dict[Level, bool]", DictType(LEVEL, BOOL)),
        ("list[Panel]", ListType(PANEL)),
        ("any?", ANY),
    ],
)
def test_type_texts(text: str, type: Type) -> None:
    assert parse_type(text, NAMED) == type


@pytest.mark.parametrize(
    ("text", "code", "marked", "message", "near"),
    [
        ("", "AC409", "", "expected a type, found nothing", None),
        ("string", "AC305", "string", "unknown type `string`", "str"),
        ("list[sttr]", "AC305", "sttr", "unknown type `sttr`", "str"),
        ("Panle", "AC305", "Panle", "unknown type `Panle`", "Panel"),
        ("List[str]", "AC305", "List", "unknown type `List`", "list"),
        ("Optional[str]", "AC409", "Optional", "`Optional` is not used here", None),
        ("str | None", "AC409", "|", "a type cannot be one of several", None),
        ("none", "AC409", "none", "null is not a type of its own", None),
        ("list[str", "AC409", "[", "`[` is never closed", None),
        ("list[str]]", "AC409", "]", "expected the end of the type, found `]`", None),
        ("list[str, int]", "AC409", ",", "`list` takes one type: `list[T]`", None),
        ("dict[str]", "AC409", "]", "`dict` takes two types: `dict[K, V]`", None),
        (
            "dict[float, str]",
            "AC409",
            "float",
            "the keys of a dict are `str` or `int`, not `float`",
            None,
        ),
        ("str??", "AC409", "?", "`str?` may be null already", None),
        ("str[int]", "AC409", "str", "`str` takes no types in brackets", None),
        ("Literal[a]", "AC409", "Literal", "`Literal` is not a type", None),
    ],
)
def test_bad_type_texts(text: str, code: str, marked: str, message: str, near: str | None) -> None:
    problem = parse_type(text, NAMED)
    assert isinstance(problem, Problem)
    assert (problem.code, text[problem.start : problem.end], problem.message, problem.near) == (
        code,
        marked,
        message,
        near,
    )


def test_deep_type_texts_are_refused() -> None:
    problem = parse_type("list[" * 5_000, {})
    assert isinstance(problem, Problem)
    assert problem.message == "the type is nested deeper than 32 levels"


def test_a_nameless_object_is_shown_by_its_fields() -> None:
    shown = show(RecordType(None, (RecordField("a", INT), RecordField("b", LEVEL, False))))
    assert shown == "object {a: int, b?: enum[low, high]}"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (INT, FLOAT),
        (LEVEL, STR),
        (EnumType(("low",)), LEVEL),
        (STR, optional(STR)),
        (NULL, optional(STR)),
        (optional(INT), optional(FLOAT)),
        (ANY, INT),
        (INT, ANY),
        (LIST, ListType(STR)),
        (ListType(INT), ListType(FLOAT)),
        (DICT, PANEL),
        (PANEL, DICT),
        (PANEL, DictType(STR, optional(STR))),
        (RecordType(None, (RecordField("first", STR), RecordField("more", INT))), PANEL),
        (MESSAGES, ListType(DICT)),
        (LIST, MESSAGES),
        (RecordType(None, ()), DictType(INT, STR)),
    ],
)
def test_assignable(source: Type, target: Type) -> None:
    assert is_assignable(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (FLOAT, INT),
        (BOOL, INT),
        (INT, BOOL),
        (STR, LEVEL),
        (EnumType(("low", "mid")), LEVEL),
        (optional(STR), STR),
        (NULL, STR),
        (ListType(STR), ListType(INT)),
        (PANEL, DictType(STR, STR)),
        (DictType(STR, INT), PANEL),
        (RecordType(None, (RecordField("last", STR),)), PANEL),
        (RecordType(None, (RecordField("first", STR, required=False),)), PANEL),
        (RecordType(None, (RecordField("first", INT),)), PANEL),
        (ListType(STR), MESSAGES),
        (STR, MESSAGES),
    ],
)
def test_not_assignable(source: Type, target: Type) -> None:
    assert not is_assignable(source, target)


@pytest.mark.parametrize(
    ("a", "b", "common"),
    [
        (INT, FLOAT, FLOAT),
        (NULL, INT, optional(INT)),
        (optional(INT), FLOAT, optional(FLOAT)),
        (EnumType(("a",)), EnumType(("b",)), EnumType(("a", "b"))),
        (LEVEL, STR, STR),
        (ListType(INT), LIST, LIST),
        (BOOL, INT, ANY),
        (PANEL, DictType(STR, INT), DICT),
    ],
)
def test_common_type(a: Type, b: Type, common: Type) -> None:
    assert unify(a, b) == common
    assert is_assignable(unify(b, a), common)


@pytest.mark.parametrize(
    ("value", "type", "reason"),
    [
        ("a", STR, None),
        (3, FLOAT, None),
        (None, optional(INT), None),
        ({"first": "a"}, PANEL, None),
        ({"first": "a", "last": None}, PANEL, None),
        ([{"role": "user", "content": "hi"}], MESSAGES, None),
        ({1: "a"}, DictType(INT, STR), None),
        (True, INT, "expected `int`, found the bool `true`"),
        (True, FLOAT, "expected `float`, found the bool `true`"),
        (1, BOOL, "expected `bool`, found the number `1`"),
        ("no", BOOL, 'expected `bool`, found the text `"no"`'),
        (3.0, INT, "expected `int`, found the number `3.0`"),
        (None, STR, "expected `str`, found `null`"),
        (
            "hgih",
            LEVEL,
            'expected one of `low`, `high`, found the text `"hgih"`; did you mean `high`?',
        ),
        (["a", 3], ListType(STR), "at `[1]`: expected `str`, found the number `3`"),
        ("a", ListType(STR), 'expected `list[str]`, found the text `"a"`'),
        ({}, PANEL, "the key `first` is missing"),
        ({"first": "a", "lst": "b"}, PANEL, "`Panel` has no key `lst`; did you mean `last`?"),
        (
            {"x": [{"first": 1}]},
            DictType(STR, ListType(PANEL)),
            "at `x[0].first`: expected `str`, found the number `1`",
        ),
        ({1: "a"}, DICT, "a key does not fit: expected `str`, found the number `1`"),
    ],
)
def test_fits(value: object, type: Type, reason: str | None) -> None:
    assert fits(value, type) == reason


def test_json_schema_is_closed_and_lists_every_key() -> None:
    described = RecordType(
        None, (RecordField("level", LEVEL, description="how bad"), RecordField("panel", PANEL))
    )
    assert json_schema(ListType(described)) == {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "level": {"type": "string", "enum": ["low", "high"], "description": "how bad"},
                "panel": {
                    "title": "Panel",
                    "type": "object",
                    "properties": {
                        "first": {"type": "string"},
                        "last": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    },
                    "required": ["first", "last"],
                    "additionalProperties": False,
                },
            },
            "required": ["level", "panel"],
            "additionalProperties": False,
        },
    }


@pytest.mark.parametrize(
    ("type", "schema"),
    [
        (ANY, {}),
        (INT, {"type": "integer"}),
        (FLOAT, {"type": "number"}),
        (BOOL, {"type": "boolean"}),
        (NULL, {"type": "null"}),
        (DICT, {"type": "object", "additionalProperties": {}}),
        (
            DictType(LEVEL, INT),
            {
                "type": "object",
                "propertyNames": {"enum": ["low", "high"]},
                "additionalProperties": {"type": "integer"},
            },
        ),
        (
            DictType(INT, STR),
            {
                "type": "object",
                "propertyNames": {"pattern": "^-?[0-9]+$"},
                "additionalProperties": {"type": "string"},
            },
        ),
    ],
)
def test_json_schema(type: Type, schema: dict[str, object]) -> None:
    assert json_schema(type) == schema


def test_narrower_types() -> None:
    assert remove_null(optional(STR)) == STR
    assert remove_values(optional(LEVEL), ["low"]) == optional(EnumType(("high",)))
    assert remove_values(LEVEL, ["low", "high"]) == LEVEL
    assert keep_values(optional(LEVEL), ["high", "other"]) == EnumType(("high",))
    assert keep_values(STR, ["a"]) == EnumType(("a",))
    assert apply_enum(ListType(STR), ("a",)) == ListType(EnumType(("a",)))
    assert apply_enum(INT, ("a",)) is None
    assert apply_schema(optional(DICT), PANEL) == optional(PANEL)
    assert apply_schema(STR, PANEL) is None
