"""From the declaration of a field, with `schema` and `enum`, to its type."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr import (
    ANY,
    DICT,
    STR,
    EnumType,
    Problem,
    RecordField,
    RecordType,
    Type,
    apply_enum,
    apply_schema,
    parse_type,
    show,
)
from compiler.lower.context import Context
from compiler.spec import FieldSpec
from compiler.syntax import Path


def declared_type(
    ctx: Context,
    *,
    text: str | None,
    text_at: Path,
    schema: Mapping[str, FieldSpec] | None,
    enum: list[str] | None,
    at: Path,
) -> Type:
    """Return the type that `type`, `schema` and `enum` give together; `any` after a report.

    Args:
        text_at: where the type's text stands.
        at: where the declaration stands, which holds `schema` and `enum`.
    """
    if text is None:
        type: Type = DICT if schema is not None else STR if enum is not None else ANY
    else:
        parsed = parse_type(text, ctx.types)
        if isinstance(parsed, Problem):
            _report(ctx, text_at, text, parsed)
            return ANY
        type = parsed
    if schema is not None:
        record = RecordType(None, record_fields(ctx, schema))
        filled = apply_schema(type, record)
        if filled is None:
            _misfit(
                ctx, (*at, "schema"), f"`schema` describes an object, the type is `{show(type)}`"
            )
        type = filled or ANY
    if enum is not None:
        narrowed = apply_enum(type, EnumType(tuple(dict.fromkeys(enum))).values)
        if narrowed is None:
            _misfit(ctx, (*at, "enum"), f"`enum` lists texts, the type is `{show(type)}`")
        type = narrowed or ANY
    return type


def field_type(ctx: Context, spec: FieldSpec) -> Type:
    """Return the type of a declared field."""
    return declared_type(
        ctx,
        text=spec.type,
        text_at=spec.type_at,
        schema=spec.schema_,
        enum=spec.enum,
        at=spec.at,
    )


def record_fields(ctx: Context, schema: Mapping[str, FieldSpec]) -> tuple[RecordField, ...]:
    """Return the keys of an object; a key may be absent only with `required: false`."""
    return tuple(
        RecordField(name, field_type(ctx, spec), spec.required is not False, spec.description or "")
        for name, spec in schema.items()
    )


def _report(ctx: Context, at: Path, text: str, problem: Problem) -> None:
    name = text[problem.start : problem.end]
    if problem.code == "AC305" and ctx.is_silent("type", name, problem.near is not None):
        return
    ctx.report_problem(ctx.written(at, text), problem)


def _misfit(ctx: Context, path: Path, message: str) -> None:
    ctx.report("AC409", ctx.key_at(path), message)
