"""Texts of the file as values: expressions, templates, plain data.

"{state.topic}"        the field itself, with its type      Expression
"About {state.topic}"  a text with references               Text
"len(state.topic)"     an expression                        Expression
3                      plain data                           Constant
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from compiler.expr import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    NULL,
    STR,
    EnumType,
    ListType,
    Problem,
    RecordField,
    RecordType,
    Scope,
    Type,
    Unknown,
    check,
    check_condition,
    check_template,
    constant_value,
    fits,
    is_assignable,
    parse_expression,
    parse_template,
    show,
    unify,
)
from compiler.ir.values import Constant, Expression, Text, Value
from compiler.lower.context import Context
from compiler.lower.written import Written
from compiler.record import replace
from compiler.syntax import Path


def lower_expression(
    ctx: Context, written: Written, scope: Scope, *, help: str | None = None
) -> Expression | None:
    """Parse and type an expression; None after a report."""
    return _expression(ctx, _unwrapped(written), scope, is_condition=False, help=help)


def lower_condition(ctx: Context, written: Written, scope: Scope) -> Expression | None:
    """Parse and type an expression that must be true or false; None after a report."""
    return _expression(ctx, _unwrapped(written), scope, is_condition=True, help=None)


def lower_text(ctx: Context, written: Written, scope: Scope) -> Text:
    """Parse and type a template; one with reported references comes back as plain text."""
    template = parse_template(written.text)
    if template.references:
        typed = check_template(template, scope)
        if isinstance(typed, list):
            for problem in typed:
                ctx.report_problem(written, problem)
            return Text(parse_template(""), written.span)
        return Text(typed.template, written.span, typed.types)
    return Text(template, written.span)


def lower_value(ctx: Context, path: Path, data: object, scope: Scope) -> Value | None:
    """Lower what stands at `path`: a text is a template or an expression, all else plain data."""
    if not isinstance(data, str):
        return plain_data(ctx, path, data)
    written = ctx.written(path, data)
    template = parse_template(data)
    if template.references and template.only_reference is None:
        return lower_text(ctx, written, scope)
    return lower_expression(ctx, written, scope, help=_quoting_help(data))


def plain_data(ctx: Context, path: Path, data: object) -> Constant:
    """Return plain data of the file as a value of the type it shows."""
    return Constant(json.dumps(data, ensure_ascii=False), data_type(data), ctx.at(path))


def data_type(data: object) -> Type:
    """Return the narrowest type of a plain value, as the expression checker gives it to literals."""
    match data:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return FLOAT
        case str():
            return EnumType((data,))
        case list():
            return ListType(_common_type([data_type(each) for each in data]))
        case dict() if data and all(isinstance(key, str) for key in data):
            fields = (RecordField(str(key), data_type(value)) for key, value in data.items())
            return RecordType(None, tuple(fields))
        case dict():
            return DICT
        case _:
            return ANY


def value_type(value: Value) -> Type:
    """Return the type of a value; a text is a `str`."""
    return STR if isinstance(value, Text) else value.type


def misfit(value: Value, wanted: Type) -> str | None:
    """Say why a value does not fit a type; None when it fits."""
    if isinstance(value, Constant):
        return fits(value.data, wanted)
    if isinstance(value, Expression):
        known = constant_value(value.ast)
        if not isinstance(known, Unknown):
            return fits(known, wanted)
    type = value_type(value)
    if is_assignable(type, wanted):
        return None
    return f"expected `{show(wanted)}`, found `{show(type)}`"


def scope_of(ctx: Context, local: Mapping[str, Type], facts: Scope | None = None) -> Scope:
    """Return the scope of the state and some locals, with what `facts` has narrowed."""
    return Scope(ctx.state, local, facts.narrowed if facts is not None else {})


def _common_type(types: list[Type]) -> Type:
    if not types:
        return ANY
    common = types[0]
    for each in types[1:]:
        common = unify(common, each)
    return common


def _unwrapped(written: Written) -> Written:
    """Take the braces off a text that is nothing but one reference."""
    reference = parse_template(written.text).only_reference
    if reference is None:
        return written
    return written.cut(reference.start + 1, reference.end - 1)


def _expression(
    ctx: Context, written: Written, scope: Scope, *, is_condition: bool, help: str | None
) -> Expression | None:
    parsed = parse_expression(written.text)
    if isinstance(parsed, list):
        for problem in parsed:
            ctx.report_problem(written, problem, help=help)
        return None
    typed = check_condition(parsed, scope) if is_condition else check(parsed, scope)
    if isinstance(typed, list):
        for problem in typed:
            if help is not None and problem.near is None and _is_bare(problem, written):
                # Quotes alone would be taken off by YAML.
                problem = replace(problem, help=help)
            ctx.report_problem(written, problem)
        return None
    return Expression(written.text, typed.expr, typed.type, written.span)


def _is_bare(problem: Problem, written: Written) -> bool:
    return problem.code == "AC404" and problem.end - problem.start == len(written.text.strip())


def _quoting_help(text: str) -> str | None:
    """Advise on a text that was meant as it stands: values are expressions."""
    if "\n" in text or "'" in text or '"' in text or len(text) > 60:
        return None
    return f"for the text itself write `\"'{text}'\"`"
