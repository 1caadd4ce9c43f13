"""Computed writes: `set` nodes and `on_error: {set: …}`."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr import Scope, Type
from compiler.ir.names import FieldName
from compiler.ir.nodes import Assignment
from compiler.lower.context import Context
from compiler.lower.fitting import check_fits
from compiler.lower.frame import Frame
from compiler.lower.outputs import wanted_type
from compiler.lower.trees import lower_value
from compiler.syntax import Path


def lower_assignments(
    ctx: Context, section: Mapping[str, object], at: Path, scope: Scope
) -> tuple[Assignment, ...]:
    """Return writes to state fields. Codes: AC302, AC408 and those of expressions."""
    found: list[Assignment] = []
    for name, data in section.items():
        span = ctx.key_at((*at, name))
        value = lower_value(ctx, (*at, name), data, scope)
        if name not in ctx.fields:
            ctx.report_unknown("AC302", span, name, ctx.fields, what="field")
            continue
        wanted, wanter = wanted_type(ctx, name, None, count=len(section))
        check_fits(ctx, value, wanted, wanter, code="AC408", at=(*at, name))
        found.append(Assignment(FieldName(name), value, span))
    return tuple(found)


def lower_parts(
    frame: Frame, section: Mapping[str, object], at: Path
) -> tuple[tuple[Assignment, Type], ...]:
    """Return the parts of one element of a map, each with the type that is wanted."""
    ctx = frame.ctx
    found: list[tuple[Assignment, Type]] = []
    for name, data in section.items():
        span = ctx.key_at((*at, name))
        value = lower_value(ctx, (*at, name), data, frame.scope)
        wanted, wanter = wanted_type(ctx, name, frame.element, count=len(section))
        check_fits(ctx, value, wanted, wanter, code="AC408", at=(*at, name))
        found.append((Assignment(FieldName(name), value, span), wanted))
    return tuple(found)
