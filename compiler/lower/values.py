"""Texts of the file that are expressions or templates."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr import (
    STR,
    Problem,
    Scope,
    Type,
    check,
    check_condition,
    check_template,
    parse_expression,
    parse_template,
)
from compiler.ir.values import Expression, Text, Value
from compiler.lower.context import Context
from compiler.lower.written import Written
from compiler.record import replace


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


def value_type(value: Value) -> Type:
    """Return the type of a value; a text is a `str`."""
    return STR if isinstance(value, Text) else value.type


def scope_of(ctx: Context, local: Mapping[str, Type], facts: Scope | None = None) -> Scope:
    """Return the scope of the state and some locals, with what `facts` has narrowed."""
    return Scope(ctx.state, local, facts.narrowed if facts is not None else {})


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
                problem = replace(problem, help=help)
            ctx.report_problem(written, problem)
        return None
    return Expression(written.text, typed.expr, typed.type, written.span)


def _is_bare(problem: Problem, written: Written) -> bool:
    return problem.code == "AC404" and problem.end - problem.start == len(written.text.strip())
