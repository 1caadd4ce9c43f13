"""Whatever the text, nothing raises; what is well typed means the same in every form it takes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.expr import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    STR,
    Choices,
    DictType,
    EnumType,
    Expr,
    ListType,
    Problem,
    RecordField,
    RecordType,
    Scope,
    Template,
    Text,
    Type,
    Typed,
    ValueSet,
    check,
    check_condition,
    check_template,
    constant_value,
    constraints,
    escape_template,
    evaluate,
    fits,
    is_assignable,
    narrowings,
    only,
    optional,
    parse_expression,
    parse_template,
    parse_type,
    quote,
    render_template,
    show,
    to_python,
    unify,
)

PERSON = RecordType("Person", (RecordField("name", STR), RecordField("age", INT, required=False)))
KIND = EnumType(("low", "mid", "high"))
SCOPE = Scope(
    {
        "score": FLOAT,
        "count": INT,
        "title": STR,
        "done": BOOL,
        "kind": KIND,
        "note": optional(STR),
        "numbers": ListType(INT),
        "words": ListType(STR),
        "owner": PERSON,
        "table": DictType(STR, INT),
    },
    {"item": PERSON, "index": INT},
)

ALPHABET = st.sampled_from(
    [
        *("state.", "score", "kind", "note", "numbers", "item", ".name", "[0]", "[", "]", "(", ")"),
        *(" ", " and ", " or ", "not ", " in ", " if ", " else ", "==", "!=", "<", "<=", "=", "&&"),
        *(
            "+",
            "-",
            "*",
            "/",
            "//",
            "%",
            "**",
            ",",
            ":",
            "{",
            "}",
            "1",
            "0.5",
            "'a'",
            '"',
            "'",
            "\\",
        ),
        *(
            "len",
            "min",
            "round",
            "contains",
            "lower",
            "None",
            "True",
            "lambda",
            "is",
            "\n",
            "é",
            "²",
        ),
        *("str", "list", "dict", "int", "?", "|", "any", "0x", "1e999", "\x00", "$", "f", "__x__"),
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(ALPHABET, max_size=30).map("".join))


def in_text(problem: Problem, text: str) -> bool:
    return 0 <= problem.start <= problem.end <= len(text)


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_no_text_makes_the_expression_language_raise(text: str) -> None:
    expr = parse_expression(text)
    if isinstance(expr, list):
        assert expr
        assert all(in_text(problem, text) for problem in expr)
        return
    constant_value(expr)
    typed = check_condition(expr, SCOPE)
    if isinstance(typed, list):
        assert typed
        assert all(in_text(problem, text) for problem in typed)
        return
    constraints(typed.expr, SCOPE)
    narrowings(typed.expr, True, SCOPE)
    compile(to_python(typed.expr, python_name), "<expression>", "eval")


@given(st.text(alphabet="{}[]. state_title0-1²\n"))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_templates_raise(text: str) -> None:
    template = parse_template(text)
    assert template.parts == () or template.parts[0].start == 0
    assert [part.end for part in template.parts[:-1]] == [part.start for part in template.parts[1:]]
    result = check_template(template, SCOPE)
    if isinstance(result, list):
        assert all(in_text(problem, text) for problem in result)


@given(st.one_of(st.text(), st.text(alphabet="{}[]. abstate")))
@settings(deadline=None)
def test_an_escaped_text_is_a_template_for_itself(text: str) -> None:
    template = parse_template(escape_template(text))
    assert template == Template(template.parts[:1])
    assert render_template(template, {"state": {}}) == text
    assert all(isinstance(part, Text) for part in template.parts)


@given(st.one_of(st.text(), st.lists(ALPHABET, max_size=12).map("".join)))
@settings(deadline=None)
def test_no_text_makes_types_raise(text: str) -> None:
    result = parse_type(text, {"Person": PERSON})
    if isinstance(result, Problem):
        assert in_text(result, text)


@given(st.text())
@settings(deadline=None)
def test_quoted_text_is_ascii_safe_and_means_itself(text: str) -> None:
    literal = quote(text)
    assert eval(literal) == text
    assert literal.isprintable()
    assert literal.startswith('"')


TYPES = st.recursive(
    st.sampled_from([STR, INT, FLOAT, BOOL, ANY, PERSON]),
    lambda inner: st.one_of(
        inner.map(ListType),
        inner.map(optional),
        st.builds(DictType, st.sampled_from([STR, INT]), inner),
    ),
    max_leaves=4,
)


@given(TYPES)
@settings(deadline=None)
def test_a_shown_type_reads_back(type: Type) -> None:
    assert parse_type(show(type), {"Person": PERSON}) == type


@given(TYPES, TYPES)
@settings(deadline=None)
def test_a_common_type_takes_both(a: Type, b: Type) -> None:
    common = unify(a, b)
    assert is_assignable(a, common)
    assert is_assignable(b, common)


def python_name(root: str, is_state: bool) -> str:
    return f"state[{quote(root)}]" if is_state else root


def joined(form: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(dict(parts)).map(lambda values: form.format(**values))


# How expressions of each kind are made of smaller ones; `<n>` is a number of either type.
FORMS: Mapping[str, list[str]] = {
    "int": [
        "(<int> <whole> <int>)",
        "-<int>",
        "len(<str>)",
        "len(<numbers>)",
        "max(<int>, <int>)",
        "sum(<numbers>)",
        "<numbers>[<int>]",
        "round(<n>)",
        "int(<n>)",
        "int(<str>)",
        "int(<bool>)",
    ],
    "float": [
        "(<float> <arithmetic> <n>)",
        "(<int> / <int>)",
        "abs(<float>)",
        "round(<float>, <int leaf>)",
        "min(<float>, <float>)",
    ],
    "bool": [
        "<n> <order> <n>",
        "(<str> <order> <str>)",
        "(<n> <order> <n> <order> <n>)",
        "((<bool>) <same> (<bool>))",
        "(<bool> and <bool> or <bool>)",
        "not (<bool>)",
        "(<str> <within> <words>)",
        "contains(<str>, <str>)",
        "startswith(<str>, <str>)",
        "any([<bool>, <bool>])",
        "(note <same> None)",
        "((<bool>) <same> <singleton>)",
        "(note != None and <str> in note)",
    ],
    "str": [
        "(<str> + <str>)",
        "lower(<str>)",
        "strip(<str>)",
        "str(<n>)",
        "str(<words>)",
        "<words>[<int>]",
        "(<str>)[<int>]",
    ],
    "numbers": ["[<int>, <int>]", "sorted(<numbers>)", "(<numbers> + <numbers>)"],
    "words": ["[<str>, <str>]", "(<words> + <words>)"],
}
LEAVES: Mapping[str, list[str]] = {
    "int": ["state.count", "index", "0", "1", "7", "table.a", 'table["b"]'],
    "float": ["state.score", "score", "0.5", "1e3", "2.0"],
    "bool": ["state.done", "done", "True", "false", "owner.age == None"],
    "str": ["state.title", "str(kind)", "item.name", "owner.name", '"a"', "'it\\'s'", '""'],
    "numbers": ["state.numbers", "[]", "[1, 2]"],
    "words": ["state.words", "words", '["a", "b"]'],
    "whole": ["+", "-", "*", "//", "%"],
    "arithmetic": ["+", "-", "*", "/", "//", "%"],
    "order": ["==", "!=", "<", "<=", ">", ">="],
    "same": ["==", "!="],
    "within": ["in", "not in"],
    "singleton": ["True", "false", "null"],
    "int leaf": ["0", "2", "-1"],
}
HOLE = re.compile("<([a-z ]+)>")


@st.composite
def texts_of(draw: st.DrawFn, kind: str, depth: int) -> str:
    """Texts of well-typed expressions of one kind."""
    if kind == "n":
        kind = draw(st.sampled_from(["int", "float"]))
    forms = FORMS.get(kind)
    if depth == 0 or forms is None or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(LEAVES[kind]))
    form = draw(st.sampled_from([*forms, f"(<{kind}> if <bool> else <{kind}>)"]))
    return HOLE.sub(lambda hole: draw(texts_of(hole[1], depth - 1)), form)


SMALL_TEXT = st.text(alphabet="aAb 1'", max_size=4)
PEOPLE = st.fixed_dictionaries(
    {"name": SMALL_TEXT}, optional={"age": st.one_of(st.none(), st.integers())}
)
ENVIRONMENTS = st.fixed_dictionaries(
    {
        "state": st.fixed_dictionaries(
            {
                "score": st.floats(-1e6, 1e6),
                "count": st.integers(-9, 9),
                "title": SMALL_TEXT,
                "done": st.booleans(),
                "kind": st.sampled_from(KIND.values),
                "note": st.one_of(st.none(), SMALL_TEXT),
                "numbers": st.lists(st.integers(-9, 9), max_size=3),
                "words": st.lists(SMALL_TEXT, max_size=3),
                "owner": PEOPLE,
                "table": st.fixed_dictionaries({"a": st.integers(-9, 9)}),
            }
        ),
        "item": PEOPLE,
        "index": st.integers(0, 3),
    }
)


def typed(text: str) -> Typed:
    expr = parse_expression(text)
    assert not isinstance(expr, list), (text, expr)
    result = check(expr, SCOPE)
    assert not isinstance(result, list), (text, result)
    return result


def outcome(run: object, *arguments: object) -> tuple[str, str]:
    """What a call gives: its value, or the kind of exception."""
    assert callable(run)
    try:
        return "value", repr(run(*arguments))
    except (ArithmeticError, ValueError, LookupError) as error:
        return "raises", type(error).__name__


@given(st.sampled_from(list(FORMS)).flatmap(lambda kind: texts_of(kind, 3)), ENVIRONMENTS)
@settings(max_examples=300, deadline=None)
def test_python_text_and_direct_evaluation_agree(text: str, env: dict[str, object]) -> None:
    result = typed(text)
    python = to_python(result.expr, python_name)
    direct = outcome(evaluate, result.expr, env)
    assert outcome(eval, python, dict(env)) == direct
    if direct[0] == "value":
        assert fits(evaluate(result.expr, env), result.type) is None
    constant = constant_value(result.expr)
    if direct[0] == "value" and isinstance(constant, bool | int | float | str | list):
        assert repr(constant) == direct[1]


@given(texts_of("bool", 3), ENVIRONMENTS)
@settings(max_examples=300, deadline=None)
def test_narrowed_types_hold(text: str, env: dict[str, object]) -> None:
    expr = typed(text).expr
    try:
        truth = evaluate(expr, env)
    except (ArithmeticError, ValueError, LookupError):
        return
    for path, narrowed in narrowings(expr, bool(truth), SCOPE).items():
        value: object = env
        for part in path:
            assert isinstance(value, dict | list)
            value = value.get(part) if isinstance(value, dict) else value[int(part)]
        assert fits(value, narrowed) is None


def conditions_on(place: str, constants: list[str]) -> st.SearchStrategy[str]:
    constant = st.sampled_from(constants)
    comparison = st.one_of(
        joined(
            place + " {op} {c}", op=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), c=constant
        ),
        joined("{a} <= " + place + " < {b}", a=constant, b=constant),
        joined(
            place + " {op} [{a}, {b}]", op=st.sampled_from(["in", "not in"]), a=constant, b=constant
        ),
    )
    return st.recursive(
        comparison,
        lambda inner: st.one_of(
            joined("({a} and {b})", a=inner, b=inner),
            joined("({a} or {b})", a=inner, b=inner),
            joined("not ({a})", a=inner),
        ),
        max_leaves=5,
    )


def holds(expr: Expr, field: str, value: object) -> bool:
    return bool(evaluate(expr, {"state": {field: value}}))


@given(
    st.sampled_from(["score", "count"]).flatmap(
        lambda field: st.tuples(
            st.just(field), conditions_on(field, ["-1", "0", "0.5", "2", "3", "3.5"])
        )
    )
)
@settings(max_examples=300, deadline=None)
def test_a_set_of_numbers_is_where_the_condition_holds(case: tuple[str, str]) -> None:
    field, text = case
    expr = typed(text).expr
    found = constraints(expr, SCOPE)
    assert found is not None
    assert found.path == ("state", field)
    samples = range(-3, 6) if field == "count" else [n / 4 for n in range(-12, 24)]
    for value in samples:
        inside = not found.allowed.intersection(only(value, found.universe)).is_empty
        assert inside == holds(expr, field, value)
    outside = found.universe.difference(found.allowed)
    assert found.allowed.intersection(outside).is_empty
    assert found.allowed.union(outside) == found.universe
    for part, truth in ((found.allowed, True), (outside, False)):
        if not part.is_empty:
            assert holds(expr, field, part.witness()) is truth


@given(st.lists(st.sampled_from(["low", "mid", "high"]), min_size=1, max_size=2), st.booleans())
@settings(deadline=None)
def test_a_set_of_enum_values_is_where_the_condition_holds(
    values: list[str], inverted: bool
) -> None:
    text = f"kind in [{', '.join(map(repr, values))}]"
    expr = typed(f"not {text}" if inverted else text).expr
    found = constraints(expr, SCOPE)
    assert found is not None
    wanted = set(KIND.values) - set(values) if inverted else set(values)
    assert found.allowed == ValueSet(Choices(frozenset(wanted)))
    assert holds(expr, "kind", found.allowed.witness())
