"""What the parser says about text that is no expression, and what binds to what."""

from __future__ import annotations

import pytest

from compiler.expr import (
    BOOL,
    INT,
    Scope,
    Type,
    check,
    narrowings,
    optional,
    parse_expression,
    to_python,
)
from compiler.expr.parser import MAX_DEPTH

MISTAKES = [
    # (text, code, marked text, message, near)
    ("", "AC401", "", "the expression is empty", None),
    ("a = 3", "AC401", "=", "`=` does not compare", "=="),
    ("a === 3", "AC401", "===", "`===` is written `==` here", "=="),
    ("a !== 3", "AC401", "!==", "`!==` is written `!=` here", "!="),
    ("a <> 3", "AC401", "<>", "`<>` is written `!=` here", "!="),
    ("a =< 3", "AC401", "=<", "`=<` is written `<=` here", "<="),
    ("a && b", "AC401", "&&", "`&&` is written `and` here", "and"),
    ("a || b", "AC401", "||", "`||` is written `or` here", "or"),
    ("!a", "AC401", "!", "`!` is written `not` here", "not "),
    ("a AND b", "AC401", "AND", "`AND` is written `and` here", "and"),
    ("a is None", "AC401", "is", "`is` is written `==` here", "=="),
    ("a is not None", "AC401", "is not", "`is not` is written `!=` here", "!="),
    ("a ** 2", "AC401", "**", "expressions have no power operator", None),
    ("a == not b", "AC401", "not", "`not` cannot stand here without parentheses", None),
    ("lenn(a)", "AC403", "lenn", "unknown function `lenn`", "len"),
    ("open('x')", "AC403", "open", "unknown function `open`", None),
    ("a.lower()", "AC403", "a.lower()", "values have no methods, found `.lower()`", "lower(a)"),
    (
        "(a + b).startswith('x')",
        "AC403",
        "(a + b).startswith('x')",
        "values have no methods, found `.startswith()`",
        "startswith((a + b), 'x')",
    ),
    (
        "state.get('a') > 1",
        "AC403",
        "state.get('a')",
        "values have no methods, found `.get()`",
        "state.a",
    ),
    ("a.split(',')", "AC403", "split", "values have no methods, found `.split()`", None),
    (
        'state["a"]',
        "AC401",
        'state["a"]',
        "a state field is not read with brackets",
        "state.a",
    ),
    ("'abc", "AC401", "'", "the quote ' is never closed", None),
    ("(a + 1", "AC401", "(", "`(` is never closed", None),
    ("a in [1, 2", "AC401", "[", "`[` is never closed", None),
    ("a)", "AC401", ")", "expected the end of the expression, found `)`", None),
    ("a + ", "AC401", "+", "the expression ends where a value should be", None),
    ("a b", "AC401", "b", "expected the end of the expression, found `b`", None),
    ("{state.x} > 3", "AC401", "{state.x}", "braces are for prompts", "state.x"),
    ("${state.x}", "AC401", "$", "`$` has no meaning in an expression", None),
    ("f'{a}'", "AC401", "f", "text has no prefix here, found `f`", None),
    ("lambda x: x", "AC401", "lambda", "expressions have no functions of their own", None),
    ("[x for x in y]", "AC401", "for", "expressions have no comprehensions", None),
    ("(a := 3)", "AC401", ":=", "an expression cannot assign", None),
    ("a.__class__", "AC405", "__class__", "there is no attribute `__class__`", None),
    ("a[1:2]", "AC401", "[1:", "expressions have no slices", None),
    ("a[]", "AC401", "[]", "an index is missing", None),
    ("a in (1, 2)", "AC401", "(1,", "expressions have no tuples", None),
    ("{1, 2}", "AC401", "{1,", "expressions have no sets", None),
    ("a ? b : c", "AC401", "?", "a choice is not written with `?`", None),
    ("a if b", "AC401", "b", "the expression ends where `else` should be", None),
    ("if a: b", "AC401", "if", "a choice does not start with `if`", None),
    ("a.0.b", "AC401", ".0", "a name after `.` cannot be a number, found `.0`", "[0]"),
    ("max(a, key=b)", "AC401", "key=", "arguments have no names here", None),
    ("max(a)(b)", "AC401", "(", "only functions can be called", None),
    ("0x1f", "AC401", "0x1f", "`0x1f` is not a number", None),
    ("007", "AC401", "007", "`007` starts with a zero", None),
    ("1e999", "AC401", "1e999", "`1e999` is too large", None),
    (r"'\d'", "AC401", r"\d", r"unknown escape `\d`", None),
    (r"'\ud800'", "AC401", r"\ud800", r"`\ud800` is no character", None),
    ("class == 1", "AC401", "class", "`class` is not a value", None),
    ("²", "AC401", "²", "`²` is not a name", None),
]


@pytest.mark.parametrize(("text", "code", "marked", "message", "near"), MISTAKES)
def test_mistakes(text: str, code: str, marked: str, message: str, near: str | None) -> None:
    problems = parse_expression(text)
    assert isinstance(problems, list)
    (problem,) = problems
    assert (problem.code, text[problem.start : problem.end], problem.message, problem.near) == (
        code,
        marked,
        message,
        near,
    )


@pytest.mark.parametrize(
    "text", [text for text, _, _, _, near in MISTAKES if near and "state" not in text]
)
def test_putting_the_near_text_in_place_mends_it(text: str) -> None:
    problems = parse_expression(text)
    assert isinstance(problems, list)
    near = problems[0].near
    assert near is not None
    mended = text[: problems[0].start] + near + text[problems[0].end :]
    assert not isinstance(parse_expression(mended), list)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("a or b and not c == d", "a or b and c != d"),
        ("(a or b) and c", "(a or b) and c"),
        ("a - b - c", "a - b - c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a * (b + c) / -d", "a * (b + c) / -d"),
        ("-(a + b) % 2", "-(a + b) % 2"),
        ("a if b else c if d else e", "a if b else c if d else e"),
        ("(a if b else c)[0]", "(a if b else c)[0]"),
        ("a < b <= c", "a < b <= c"),
        ("(a < b) == c", "(a < b) == c"),
        ("not (a in b)", "a not in b"),
        ("not contains(a, b)", "b not in a"),
        ("a == null", "a is None"),
        ("None != a", "a is not None"),
        ("not (a == None)", "a is not None"),
        ("1 == None", "False"),
        ("None in a", "None in a"),
        ("--a", "-(-a)"),
        ("lower(a + b)", "(a + b).lower()"),
        ("startswith(a, 'x')", 'a.startswith("x")'),
        ("contains(a, b) and c", "b in a and c"),
        ("{'a': [1, 2.5e0], 'b': {}}", '{"a": [1, 2.5], "b": {}}'),
        ("a\n  and b", "a and b"),
        ("'\\u00e9\\n' + \"'\"", '"é\\n" + "\'"'),
        ("state.x.y[0]['z']", 'state["x"]["y"][0]["z"]'),
    ],
)
def test_python_has_only_the_parentheses_it_needs(text: str, python: str) -> None:
    expr = parse_expression(text)
    assert not isinstance(expr, list)
    assert (
        to_python(expr, lambda root, is_state: f'state["{root}"]' if is_state else root) == python
    )


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("len(", ")"), ("{'a': ", "}"), ("1 + ", "")],
)
def test_deep_nesting_is_a_message(opening: str, closing: str) -> None:
    deep = MAX_DEPTH + 1
    for count in (deep, 900):
        problems = parse_expression(opening * count + "a" + closing * count)
        assert isinstance(problems, list)
        assert problems[0].message == f"the expression is nested deeper than {MAX_DEPTH} levels"
    fine = MAX_DEPTH - 2
    assert not isinstance(parse_expression(opening * fine + "a" + closing * fine), list)


def test_alternations_nested_to_the_limit_take_no_time() -> None:
    text = "a != None"
    for number in range(MAX_DEPTH // 3 - 1):
        text = f"(a != None and b{number} or ({text}) and b{number})"
    expr = parse_expression(text)
    assert not isinstance(expr, list)
    names: dict[str, Type] = {f"b{number}": BOOL for number in range(MAX_DEPTH)}
    typed = check(expr, Scope({"a": optional(INT), **names}))
    assert not isinstance(typed, list)
    assert narrowings(typed.expr, True, Scope({"a": optional(INT), **names})) == {
        ("state", "a"): INT
    }


def test_long_flat_conditions_are_fine() -> None:
    text = " and ".join(f"a{number} > {number}" for number in range(600))
    assert not isinstance(parse_expression(text), list)


def test_too_long_text_is_a_message() -> None:
    problems = parse_expression("a" * 20_000)
    assert isinstance(problems, list)
    assert problems[0].message == "the expression is longer than 10000 characters"
