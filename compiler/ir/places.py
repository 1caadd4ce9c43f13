"""Where the parts of a value stand in the file, told from the value alone.

Offsets in a value are those of its text. They are offsets into the file as well unless the text was
written as a block scalar or with escapes; then the n-th occurrence of the same words is taken.
"""

from __future__ import annotations

from compiler.diagnostics.span import Span
from compiler.expr import Expr, Reference, Template
from compiler.expr.ast import Name, StateField, walk
from compiler.ir.values import Expression, Text


def expression_place(expression: Expression, node: Expr) -> Span:
    """Return where a node of the expression stands; the whole expression if that cannot be told."""
    text = expression.text
    part = text[node.start : node.end]
    span = expression.span
    raw = span.source.text[span.start : span.end]
    if raw[node.start : node.end] == part:
        return span.part(node.start, node.end)
    return _nth_place(span, raw, part, text[: node.start].count(part))


def reference_place(text: Text, node: Expr) -> Span:
    """Return where a reference of the text stands; the whole text if that cannot be told."""
    span = text.span
    raw = span.source.text[span.start : span.end]
    name = _name_of(node)
    if raw[node.start : node.end].endswith(name):
        return span.part(node.start, node.end)
    return _nth_place(span, raw, name, _earlier_references(text.template, name, node.start))


def _earlier_references(template: Template, name: str, before: int) -> int:
    """Count how often `name` occurs ahead of a reference; block scalars shift all offsets."""
    count = 0
    for part in template.parts:
        if part.start >= before:
            break
        if isinstance(part, Reference):
            count += sum(_name_of(each) == name for each in walk(part.expr) if each.end < before)
        else:
            count += part.value.count(name)
    return count


def _name_of(node: Expr) -> str:
    match node:
        case StateField(name=name):
            return name
        case Name(id=name):
            return name
        case _:
            return ""


def _nth_place(span: Span, raw: str, part: str, skip: int) -> Span:
    at = -1
    for _ in range(skip + 1):
        at = raw.find(part, at + 1)
        if at < 0:
            return span
    return span.part(at, at + len(part)) if part else span
