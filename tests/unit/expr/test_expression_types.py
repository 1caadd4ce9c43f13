"""What the checker accepts, what it says about the rest, and what conditions tell about types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.expr import (
    BOOL,
    DICT,
    FLOAT,
    INT,
    MESSAGES,
    NULL,
    STR,
    AnyType,
    EnumType,
    ListType,
    Problem,
    RecordField,
    RecordType,
    Scope,
    Type,
    Typed,
    check,
    check_condition,
    constant_value,
    constraints,
    is_assignable,
    narrowings,
    optional,
    parse_expression,
    show,
)

LEVEL = EnumType(("low", "mid", "high"))
CITY = RecordType("City", (RecordField("name", STR), RecordField("code", STR, required=False)))
SCOPE = Scope(
    {
        "score": FLOAT,
        "count": INT,
        "title": STR,
        "done": BOOL,
        "maybe": optional(BOOL),
        "level": LEVEL,
        "rank": optional(LEVEL),
        "note": optional(STR),
        "best": optional(INT),
        "words": ListType(STR),
        "holes": ListType(optional(INT)),
        "city": CITY,
        "home": optional(CITY),
        "data": DICT,
        "raw": AnyType(),
        "history": MESSAGES,
    },
    {"item": CITY, "index": INT},
)


def run(text: str, condition: bool = False) -> Typed | list[Problem]:
    expr = parse_expression(text)
    assert not isinstance(expr, list), expr
    return (check_condition if condition else check)(expr, SCOPE)


def typed(text: str) -> Typed:
    result = run(text)
    assert isinstance(result, Typed), result
    return result


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("score", FLOAT),
        ("state.count + 1", INT),
        ("count / 2", FLOAT),
        ("count // 2 % 3", INT),
        ("count * 0.5", FLOAT),
        ("title + 'x'", STR),
        ("level + title", STR),
        ("words + [title]", ListType(STR)),
        ("history + [{'role': 'user', 'content': title}]", MESSAGES),
        ("history[-1].content", STR),
        ("words[0]", STR),
        ("title[0]", STR),
        ("data.a.b[0].c", AnyType()),
        ("raw + 1", AnyType()),
        ("raw / 2", FLOAT),
        ("item.name", STR),
        ("city.code", optional(STR)),
        ("city['name']", STR),
        ("1 if done else 0.5", FLOAT),
        ("title if done else None", optional(STR)),
        ("note if note != None else 'none'", STR),
        ("[1, None]", ListType(optional(INT))),
        ("min(1, 0.5)", FLOAT),
        ("max(words)", STR),
        ("sum([1, 2])", INT),
        ("round(score)", INT),
        ("round(score, 1)", FLOAT),
        ("abs(count)", INT),
        ("sorted(words)", ListType(STR)),
        ("str(note)", STR),
        ("bool(note)", BOOL),
        ("int(title)", INT),
        ("len(words) + len(title) + len(data) + len(history)", INT),
        ("home != None and home.name == 'x'", BOOL),
        ("home == None or home.name == 'x'", BOOL),
        ("not (home == None) and len(home.name) > 0", BOOL),
        ("best in [1, 2] and best > 1", BOOL),
        ("note in words and len(note) > 1", BOOL),
        ("best == count and best > 1", BOOL),
        ("level == 'low' or level == 'mid'", BOOL),
        ("level != 'low' and level == 'high'", BOOL),
        ("note == None and (note != None and note + 'x' == 'y')", BOOL),
        ("done == True", BOOL),
        ("title == None", BOOL),
        ("'x' in data", BOOL),
        ("0 <= count < 10", BOOL),
        ("any([done, raw])", BOOL),
        ("None in holes", BOOL),
    ],
)
def test_types(text: str, type: Type) -> None:
    assert typed(text).type == type


@pytest.mark.parametrize(
    ("text", "code", "marked", "message"),
    [
        ("score > title", "AC402", "score > title", "cannot compare `float` with `str`"),
        ("score > '0.8'", "AC402", "'0.8'", "cannot compare `float` with `str`"),
        ("done == 'true'", "AC402", "'true'", "cannot compare `bool` with `str`"),
        ("done == 1", "AC402", "1", "cannot compare `bool` with `int`"),
        ("words == 1", "AC402", "words == 1", "cannot compare `list[str]` with `int`"),
        ("done < True", "AC402", "done < True", "`<` compares numbers or texts, not `bool`"),
        ("words > 3", "AC402", "words > 3", "`>` compares numbers or texts, not `list[str]`"),
        ("level == 'hgih'", "AC402", "hgih", "`state.level` is never `hgih`"),
        ("'lo' != level", "AC402", "lo", "`state.level` is never `lo`"),
        ("level in ['low', 'medium']", "AC402", "medium", "`state.level` is never `medium`"),
        ("rank == 'lov'", "AC402", "lov", "`state.rank` is never `lov`"),
        ("title + 3", "AC402", "title + 3", "cannot add `str` and `int`"),
        ("done + 1", "AC402", "done + 1", "cannot add `bool` and `int`"),
        ("title * 2", "AC402", "title * 2", "cannot multiply `str` and `int`"),
        ("title % 2", "AC402", "title % 2", "cannot divide `str` and `int`"),
        ("words + title", "AC402", "words + title", "cannot add `list[str]` and `str`"),
        ("-title", "AC402", "-title", "`-` takes a number, found `str`"),
        ("3 in words", "AC402", "3 in words", "`int` is never found in `list[str]`"),
        ("3 in title", "AC402", "3 in title", "only text can be found in `str`, not `int`"),
        (
            "'a' in count",
            "AC402",
            "'a' in count",
            EXPECTED_CONTAINER := "expected a list, a text or a dict to look in, found `int`",
        ),
        ("contains(count, 1)", "AC402", "1", EXPECTED_CONTAINER),
        ("words['a']", "AC402", "'a'", "the index of a `list[str]` is `int`, found `str`"),
        ("count[0]", "AC402", "count[0]", "`int` has no items"),
        ("len(count)", "AC402", "count", "`len` takes a text, a list or a dict, found `int`"),
        ("len(words, 1)", "AC402", "len(words, 1)", "`len` takes 1 argument, found 2"),
        ("lower(count)", "AC402", "count", "`lower` takes a text, found `int`"),
        ("any(words)", "AC402", "words", "`any` takes a list of bools, found `list[str]`"),
        ("sum(words)", "AC402", "words", "`sum` takes a list of numbers, found `list[str]`"),
        ("max(1, 'a')", "AC402", "'a'", "cannot compare `int` with `str`"),
        (
            "sorted(holes)",
            "AC402",
            "holes",
            "`sorted` takes a list of numbers or texts, found `list[int?]`",
        ),
        ("{'a': 1, 'a': 2}", "AC402", "'a'", "the dict holds this key twice"),
        ("state.scor", "AC404", "scor", "unknown state field `scor`"),
        ("scor > 1", "AC404", "scor", "unknown name `scor`"),
        ("state.item", "AC404", "state.item", "`item` is not a state field"),
        ("state", "AC404", "state", "`state` itself is not a value"),
        ("level == high", "AC404", "high", "unknown name `high`"),
        ("len", "AC404", "len", "`len` is a function"),
        ("city.nmae", "AC405", "nmae", "`City` has no attribute `nmae`"),
        ("words.length", "AC405", "length", "`list[str]` has no attribute `length`"),
        ("title.x", "AC405", "x", "`str` has no attribute `x`"),
        ("city['nmae']", "AC405", "'nmae'", "`City` has no key `nmae`"),
        ("done and words", "AC406", "words", "expected true or false, found `list[str]`"),
        ("not title", "AC406", "title", "expected true or false, found `str`"),
        ("1 if count else 2", "AC406", "count", "expected true or false, found `int`"),
        ("done and maybe", "AC413", "maybe", "`state.maybe` may be null"),
        ("home.name", "AC413", "home", "`state.home` may be null"),
        ("note + 'x'", "AC413", "note", "`state.note` may be null"),
        ("best > 1", "AC413", "best", "`state.best` may be null"),
        ("len(note)", "AC413", "note", "`state.note` may be null"),
        ("'x' in note", "AC413", "note", "`state.note` may be null"),
        ("note in title", "AC413", "note", "`state.note` may be null"),
        ("home == None and home.name == 'x'", "AC413", "home", "`state.home` is null"),
        ("home != None or home.name == 'x'", "AC413", "home", "`state.home` is null"),
        ("max([1])[0]", "AC402", "max([1])[0]", "`int` has no items"),
    ],
)
def test_problems(text: str, code: str, marked: str, message: str) -> None:
    problems = run(text)
    assert isinstance(problems, list)
    (problem,) = problems
    found = (problem.code, text[problem.start : problem.end], problem.message)
    assert found == (code, marked, message)


@pytest.mark.parametrize(
    ("text", "near", "mended"),
    [
        ("state.scor > 1", "score", "state.score > 1"),
        ("score > '0.8'", "0.8", "score > 0.8"),
        ("done == 'true'", "True", "done == True"),
        ("level == 'hgih'", "high", "level == 'high'"),
        ("state.item.name == 'x'", "item", "item.name == 'x'"),
        ("city.nmae == 'x'", "name", "city.name == 'x'"),
        ("note == none", "None", "note == None"),
    ],
)
def test_the_near_text_mends_it(text: str, near: str, mended: str) -> None:
    problems = run(text)
    assert isinstance(problems, list)
    assert problems[0].near == near
    assert text[: problems[0].start] + near + text[problems[0].end :] == mended
    assert isinstance(run(mended), Typed)


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("words", "AC406", "write `len(state.words) > 0`"),
        ("title", "AC406", 'write `state.title != ""`'),
        ("count", "AC406", "write `state.count != 0`"),
        ("note", "AC406", "write `state.note != None`"),
        ("None", "AC406", None),
        ("maybe", "AC413", "write `state.maybe == True`, which is false for null"),
    ],
)
def test_conditions_are_true_or_false(text: str, code: str, help: str | None) -> None:
    problems = run(text, condition=True)
    assert isinstance(problems, list)
    assert (problems[0].code, problems[0].help) == (code, help)


def test_unchecked_values_may_be_conditions() -> None:
    assert isinstance(run("raw and data.ok", condition=True), Typed)


def test_every_mistake_is_reported_once_and_in_order() -> None:
    text = "scor > 1 and level == 'x' and scor > 2"
    problems = run(text)
    assert isinstance(problems, list)
    assert [(each.code, text[each.start : each.end]) for each in problems] == [
        ("AC404", "scor"),
        ("AC402", "x"),
        ("AC404", "scor"),
    ]


def test_reads_name_the_state_fields_with_their_places() -> None:
    text = "state.score > count and item.name == state.title"
    result = typed(text)
    assert [(read.field, text[read.start : read.end]) for read in result.reads] == [
        ("score", "state.score"),
        ("count", "count"),
        ("title", "state.title"),
    ]
    assert result.fields == {"score", "count", "title"}


def test_a_local_hides_the_state_field_of_the_same_name() -> None:
    scope = replace(SCOPE, locals={"title": INT})
    expr = parse_expression("title + 1")
    assert not isinstance(expr, list)
    result = check(expr, scope)
    assert isinstance(result, Typed)
    assert result.reads == ()


@pytest.mark.parametrize(
    ("text", "truth", "facts"),
    [
        ("note != None", True, {("state", "note"): STR}),
        ("note != None", False, {("state", "note"): NULL}),
        ("not (note == None)", True, {("state", "note"): STR}),
        ("level == 'low'", True, {("state", "level"): EnumType(("low",))}),
        ("level == 'low'", False, {("state", "level"): EnumType(("mid", "high"))}),
        ("level in ['low', 'mid']", True, {("state", "level"): EnumType(("low", "mid"))}),
        ("rank == 'low'", True, {("state", "rank"): EnumType(("low",))}),
        ("rank in ['low', None]", False, {("state", "rank"): EnumType(("mid", "high"))}),
        ("note != None and done", True, {("state", "note"): STR}),
        ("note != None and done", False, {}),
        ("note == None or best == None", False, {("state", "note"): STR, ("state", "best"): INT}),
        ("note == None or done", True, {}),
        (
            "level == 'low' or level == 'mid'",
            True,
            {("state", "level"): EnumType(("low", "mid"))},
        ),
        ("bool(note)", True, {("state", "note"): STR}),
        ("city.code != None", True, {("state", "city", "code"): STR}),
        ("score > 1", True, {}),
        ("raw != None", True, {}),
    ],
)
def test_narrowings(text: str, truth: bool, facts: dict[tuple[str, ...], Type]) -> None:
    assert narrowings(typed(text).expr, truth, SCOPE) == facts


@pytest.mark.parametrize(
    ("text", "path", "shown"),
    [
        ("score >= 0.5 and score < 0.8", ("state", "score"), "0.5 <= x < 0.8"),
        ("0.5 <= score < 0.8", ("state", "score"), "0.5 <= x < 0.8"),
        ("not score >= 0.5", ("state", "score"), "x < 0.5"),
        ("score > 1 or score < 0", ("state", "score"), "x < 0 or x > 1"),
        ("1 < score", ("state", "score"), "x > 1"),
        ("score != 1", ("state", "score"), "x < 1 or x > 1"),
        ("count > 1", ("state", "count"), "x >= 2"),
        ("count > 1 and count < 3.5", ("state", "count"), "2 <= x <= 3"),
        ("count == 0.5", ("state", "count"), "False"),
        ("count >= 2 * 5", ("state", "count"), "x >= 10"),
        ("len(words) > 0", ("state", "words", "len()"), "x >= 1"),
        ("len(words) == 0", ("state", "words", "len()"), "x == 0"),
        ("level == 'low' or level == 'mid'", ("state", "level"), 'x in ["low", "mid"]'),
        ("level != 'low'", ("state", "level"), 'x in ["high", "mid"]'),
        ("rank != 'low'", ("state", "rank"), 'x in ["high", "mid"] or x == None'),
        ("rank == None", ("state", "rank"), "x == None"),
        ("title not in ['a', 'b']", ("state", "title"), 'x not in ["a", "b"]'),
        ("title == 'a' and title == 'b'", ("state", "title"), "False"),
        ("done", ("state", "done"), "x == True"),
        ("not done", ("state", "done"), "x == False"),
        ("done or not done", ("state", "done"), "x in [False, True]"),
        ("best != None and best > 3", ("state", "best"), "x >= 4"),
        ("item.name == 'a'", ("item", "name"), 'x == "a"'),
    ],
)
def test_constraints(text: str, path: tuple[str, ...], shown: str) -> None:
    found = constraints(typed(text).expr, SCOPE)
    assert found is not None
    assert (found.path, found.allowed.show("x")) == (path, shown)


@pytest.mark.parametrize(
    "text",
    [
        "score > count",
        "score > 1 and count > 1",
        "score + 1 > 2",
        "raw == 1",
        "title < 'b'",
        "1 < 2",
    ],
)
def test_other_conditions_have_no_constraint(text: str) -> None:
    assert constraints(typed(text).expr, SCOPE) is None


@pytest.mark.parametrize(
    ("text", "witness"),
    [
        ("score < 0.8", 0),
        ("score > 0.8", 1),
        ("score == 0.8", 0.8),
        ("0.8 < score < 0.85", 0.81),
        ("score < -3.5", -4),
        ("count > 41", 42),
        ("title != 'other'", "other2"),
        ("level != 'high'", "low"),
        ("rank == None", None),
    ],
)
def test_witness(text: str, witness: object) -> None:
    found = constraints(typed(text).expr, SCOPE)
    assert found is not None
    assert found.allowed.witness() == witness


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60 * 60", 3600),
        ("done and False", False),
        ("done or True", True),
        ("not (done and False)", True),
        ("1 if True else count", 1),
        ("lower('A') + 'b'", "ab"),
        ("[1, 2][0]", 1),
        ("'a' in ['a']", True),
    ],
)
def test_constants(text: str, value: object) -> None:
    assert constant_value(typed(text).expr) == value


def test_literals_are_shown_by_their_plain_type() -> None:
    assert show(typed("['a', 'b']").type) == "list[str]"


def test_text_literals_fit_enums() -> None:
    assert is_assignable(typed("'low' if done else 'high'").type, LEVEL)
    assert not is_assignable(typed("'low' if done else 'hi'").type, LEVEL)
