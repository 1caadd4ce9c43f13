"""Values and expressions as short, stable text: the words of the printed IR."""

from __future__ import annotations

import json

from compiler.expr import Expr, Reference, Template, show
from compiler.expr.ast import (
    Attribute,
    Binary,
    BoolOp,
    Call,
    Compare,
    Conditional,
    DictExpr,
    Index,
    ListExpr,
    Literal,
    Name,
    StateField,
    Unary,
)
from compiler.ir.values import Constant, Expression, ListValue, MappingValue, Text, Value

_LONGEST_TEXT = 72


def show_value(value: Value) -> str:
    """Write a value: an expression as it is, a text in quotes, plain data as JSON."""
    match value:
        case Expression():
            return show_expression(value.ast)
        case Text():
            return show_text(show_template(value.template))
        case Constant():
            return value.json_text
        case ListValue(items):
            return f"[{', '.join(map(show_value, items))}]"
        case MappingValue(entries):
            shown = (f"{show_text(key)}: {show_value(part)}" for key, part in entries)
            return f"{{{', '.join(shown)}}}"


def show_typed(value: Value) -> str:
    """Write a value with its type; a text is always `str`."""
    return f"{show_value(value)}: {'str' if isinstance(value, Text) else show(value.type)}"


def show_text(text: str) -> str:
    """Write a text on one line in quotes, cut when it is long."""
    cut = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
    return json.dumps(cut, ensure_ascii=False)


def show_template(template: Template) -> str:
    """Write a template with its references in braces."""
    return "".join(
        f"{{{show_expression(part.expr)}}}" if isinstance(part, Reference) else part.value
        for part in template.parts
    )


def show_expression(expr: Expr) -> str:
    """Write an expression; a state field is `state.x`, a bare name is a local, all groups in brackets."""
    match expr:
        case Literal(value):
            return json.dumps(value, ensure_ascii=False)
        case Name(id):
            return id
        case StateField(name):
            return f"state.{name}"
        case Attribute(value, name, optional=optional):
            return f"{_inner(value)}{'?' if optional else ''}.{name}"
        case Index(value, index, optional=optional):
            return f"{_inner(value)}{'?' if optional else ''}[{show_expression(index)}]"
        case ListExpr(items):
            return f"[{', '.join(map(show_expression, items))}]"
        case DictExpr(items):
            pairs = (f"{show_expression(key)}: {show_expression(value)}" for key, value in items)
            return f"{{{', '.join(pairs)}}}"
        case Unary(op, operand):
            return f"{op}{' ' if op == 'not' else ''}{_inner(operand)}"
        case Binary(op, left, right):
            return f"{_inner(left)} {op} {_inner(right)}"
        case Compare(first, rest):
            return " ".join([_inner(first), *(f"{op} {_inner(each)}" for op, each in rest)])
        case BoolOp(op, values):
            return f" {op} ".join(map(_inner, values))
        case Conditional(test, then, otherwise):
            return f"{_inner(then)} if {_inner(test)} else {_inner(otherwise)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(show_expression, arguments))})"


def _inner(expr: Expr) -> str:
    text = show_expression(expr)
    return f"({text})" if isinstance(expr, Binary | Compare | BoolOp | Conditional) else text
