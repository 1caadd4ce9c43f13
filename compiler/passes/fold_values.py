"""Values, texts and conditions where some fields are known: what can be worked out is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from compiler.expr import (
    UNKNOWN,
    Expr,
    Template,
    Type,
    Unknown,
    constant_value,
    evaluate,
    render_template,
)
from compiler.expr.ast import Literal, Name, StateField, walk
from compiler.expr.template import Part, Reference
from compiler.expr.template import Text as TextPart
from compiler.ir.values import Constant, Expression, ListValue, MappingValue, Text, Value
from compiler.record import replace

Known: TypeAlias = Mapping[str, object]
"""The values of fields that are known at some place."""


def fold_condition(condition: Expression, known: Known) -> Expression:
    """Return `true` or `false` in place of a condition whose value is known."""
    value = value_of(condition.ast, known)
    if not isinstance(value, bool) or isinstance(condition.ast, Literal):
        return condition
    return replace(condition, ast=Literal(value, condition.ast.start, condition.ast.end))


def fold_value(value: Value, known: Known) -> Value:
    """Return a value with all that is known worked out; the same object when nothing is."""
    match value:
        case ListValue(items):
            folded = tuple(fold_value(item, known) for item in items)
            return value if _is_same(folded, items) else replace(value, items=folded)
        case MappingValue(entries):
            parts = tuple(fold_value(part, known) for _, part in entries)
            if _is_same(parts, tuple(part for _, part in entries)):
                return value
            pairs = zip((key for key, _ in entries), parts, strict=True)
            return replace(value, entries=tuple(pairs))
        case Text():
            return fold_text(value, known)
        case Expression() if not isinstance(value.ast, Literal):
            return _fold_expression(value, known)
        case _:
            return value


def _is_same(folded: tuple[Value, ...], values: tuple[Value, ...]) -> bool:
    return all(a is b for a, b in zip(folded, values, strict=True))


def _fold_expression(value: Expression, known: Known) -> Value:
    found = value_of(value.ast, known)
    if found is UNKNOWN:
        return value
    json_text = _as_json(found)
    return value if json_text is None else Constant(json_text, value.type, value.span)


def _as_json(value: object) -> str | None:
    """A value as JSON text, None when that would not give the very same value again."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return None
    again: object = json.loads(text)
    return text if repr(again) == repr(value) else None


def fold_text(text: Text, known: Known) -> Text:
    """Return a text with the references filled in that are known; the same object when none is."""
    parts: list[Part] = []
    types: list[Type] = []
    given = iter(text.types)
    for part in text.template.parts:
        type = next(given, None) if isinstance(part, Reference) else None
        if isinstance(part, Reference):
            value = value_of(part.expr, known)
            if value is UNKNOWN or isinstance(value, float):
                parts.append(part)
                types += [] if type is None else [type]
                continue
            shown = render_template(Template((part,)), {"state": known})
            part = TextPart(shown, part.start, part.end)
        if not part.value:
            continue
        before = parts[-1] if parts else None
        if isinstance(before, TextPart):
            parts[-1] = TextPart(before.value + part.value, before.start, part.end)
        else:
            parts.append(part)
    if len(types) == len(text.types):
        return text
    return replace(text, template=Template(tuple(parts)), types=tuple(types))


def value_of(expr: Expr, known: Known) -> object | Unknown:
    """Return the value of an expression where some fields are known; what would fail in a run is not known."""
    found = constant_value(expr)
    if found is not UNKNOWN or not known:
        return found
    for each in walk(expr):
        if isinstance(each, Name) or (isinstance(each, StateField) and each.name not in known):
            return UNKNOWN
    try:
        return evaluate(expr, {"state": known})
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError):
        return UNKNOWN
