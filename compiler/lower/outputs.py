"""What a node gives: its outputs, their types, and whether schema and state agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.span import Span
from compiler.expr import (
    ANY,
    STR,
    AnyType,
    DictType,
    RecordField,
    RecordType,
    Type,
    is_assignable,
    show,
)
from compiler.ir.nodes import Output
from compiler.lower.context import Context
from compiler.lower.declared_types import declared_type
from compiler.lower.fields import written_type
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.record import dataclass
from compiler.spec import CommonNodeSpec, OutputSchemaSpec
from compiler.syntax import Path


@dataclass(frozen=True, slots=True)
class Element:
    """What one run of a map gives: the type that `collect` wants, None when nothing is collected."""

    type: Type | None


@dataclass(frozen=True, slots=True)
class _Declared:
    """A part of an answer as `output_schema` declares it."""

    type: Type
    type_at: Path
    description: str
    span: Span


def lower_outputs(
    ctx: Context,
    spec: CommonNodeSpec,
    names: Sequence[str] | None,
    element: Element | None,
) -> tuple[Output, ...]:
    """Return the outputs of a node. Codes: AC302, AC306, AC307, AC411, AC414.

    Args:
        names: the `outputs` of the node; None: those of its schema.
        element: what a map wants; None for a node that is no map.
    """
    schema = spec.output_schema
    parts = _object_parts(ctx, schema)
    listed = _listed(ctx, spec, names, parts)
    if element is not None:
        _check_names_of_parts(ctx, listed)
    known = [(name, span) for name, span in listed if element or _is_field(ctx, name, span)]
    if schema is None:
        return tuple(_derived(ctx, name, span, element, len(listed)) for name, span in known)
    if parts is None:
        return _simple(ctx, schema, listed, known, element)
    wanted = _check_names(ctx, listed, known, parts)
    return tuple(
        _declared(ctx, name, span, parts[name], element, len(listed))
        for name, span in known
        if name in wanted
    )


def wanted_type(
    ctx: Context, name: str, element: Element | None, *, count: int
) -> tuple[Type, str]:
    """Return the type an output must have and what wants it, for a message."""
    if element is not None and element.type is not None:
        inner = element.type
        if count == 1:
            return inner, "an item of what is collected"
        if isinstance(inner, RecordType):
            field = inner.get(name)
            return (field.type, "an item of what is collected") if field else (ANY, "")
        return (inner.value if isinstance(inner, DictType) else ANY), "what is collected"
    if name in ctx.fields:
        given = ctx.fields[name]
        wanter = f"an item of `{name}`" if given.merge == "append" else f"the field `{name}`"
        return written_type(given), wanter
    return STR, "a part without a declared type"


def element_type(outputs: Iterable[Output]) -> Type:
    """Return the type of one element of a map: the only output, or an object of all."""
    parts = tuple(outputs)
    if len(parts) == 1:
        return parts[0].type
    return RecordType(None, tuple(RecordField(part.name, part.type) for part in parts))


def _listed(
    ctx: Context,
    spec: CommonNodeSpec,
    names: Sequence[str] | None,
    parts: dict[str, _Declared] | None,
) -> list[tuple[str, Span]]:
    if names is None:
        return [(name, part.span) for name, part in (parts or {}).items()]
    found: dict[str, Span] = {}
    for index, name in enumerate(names):
        span = ctx.at((*spec.at, "outputs", index))
        if name in found:
            ctx.sink.report(
                "AC306",
                span,
                f"the output `{name}` is listed twice",
                related=(Label(found[name], "the first one"),),
                help="delete one of them",
            )
        found.setdefault(name, span)
    return list(found.items())


def _check_names_of_parts(ctx: Context, listed: list[tuple[str, Span]]) -> None:
    """Report AC307 for parts of a map's elements that cannot be Python names; fields are checked as such."""
    for name, span in listed:
        if name not in ctx.fields and not is_name(name):
            report_bad_name(ctx, span, name, what="output")


def _is_field(ctx: Context, name: str, span: Span) -> bool:
    if name in ctx.fields:
        return True
    ctx.report_unknown("AC302", span, name, ctx.fields, what="field")
    return False


def _object_parts(ctx: Context, schema: OutputSchemaSpec | None) -> dict[str, _Declared] | None:
    """Return the declared fields of an `object` answer; None for simple types."""
    if schema is None or schema.fields is None:
        return None
    parts: dict[str, _Declared] = {}
    for field in schema.fields:
        span = ctx.at((*field.at, "name"))
        if field.name in parts:
            ctx.report("AC306", span, f"the schema has the field `{field.name}` twice")
            continue
        type_at = (*field.at, "type")
        type = declared_type(
            ctx,
            text=field.type,
            text_at=type_at,
            schema=field.schema_,
            enum=field.enum,
            at=field.at,
        )
        parts[field.name] = _Declared(type, type_at, field.description or "", span)
    return parts


def _check_names(
    ctx: Context,
    listed: list[tuple[str, Span]],
    known: list[tuple[str, Span]],
    parts: dict[str, _Declared],
) -> set[str]:
    """Report outputs the schema lacks and the other way round; return the names in both."""
    names = {name for name, _ in listed}
    for name, span in known:
        if name not in parts:
            near = nearest(name, [each for each in parts if each not in names])
            ctx.report(
                "AC414",
                span,
                f"`{name}` is not in the node's `output_schema`",
                help=(
                    f"did you mean `{near}`?"
                    if near
                    else f"add it to `fields`: `{{name: {name}, type: {_type_of(ctx, name)}}}`"
                ),
            )
    # A misspelt output leaves its field of the schema over: one mistake, one report.
    if names <= set(parts):
        for name, part in parts.items():
            if name not in names:
                ctx.report(
                    "AC411",
                    part.span,
                    f"the schema has `{name}`, which is not in the node's `outputs`",
                    help=f"add `{name}` to `outputs`, or leave it out here",
                )
    return names & set(parts)


def _type_of(ctx: Context, name: str) -> str:
    return show(ctx.state[name]) if name in ctx.state else "str"


def _derived(ctx: Context, name: str, span: Span, element: Element | None, count: int) -> Output:
    type, _ = wanted_type(ctx, name, element, count=count)
    return Output(name, type, span, _description(ctx, name, element))


def _description(ctx: Context, name: str, element: Element | None) -> str:
    if element is not None and isinstance(element.type, RecordType):
        field = element.type.get(name)
        return field.description if field else ""
    return ctx.fields[name].description if name in ctx.fields else ""


def _declared(
    ctx: Context,
    name: str,
    span: Span,
    part: _Declared,
    element: Element | None,
    count: int,
) -> Output:
    type = _agreed(ctx, name, part.type, part.type_at, element, count)
    return Output(name, type, span, part.description or _description(ctx, name, element))


def _simple(
    ctx: Context,
    schema: OutputSchemaSpec,
    listed: list[tuple[str, Span]],
    known: list[tuple[str, Span]],
    element: Element | None,
) -> tuple[Output, ...]:
    type_at = (*schema.at, "type")
    type = declared_type(
        ctx,
        text=schema.type,
        text_at=type_at,
        schema=schema.schema_,
        enum=schema.enum,
        at=schema.at,
    )
    if len(listed) != 1:
        ctx.report(
            "AC411",
            ctx.at(type_at),
            f"an answer of type `{show(type)}` is one output, the node has {len(listed)}",
            help="write `type: object` with `fields`, one for each output",
        )
        return tuple(_derived(ctx, name, span, element, len(listed)) for name, span in known)
    declared = _Declared(type, type_at, schema.description or "", ctx.at(type_at))
    return tuple(_declared(ctx, name, span, declared, element, 1) for name, span in known)


def _agreed(
    ctx: Context, name: str, declared: Type, at: Path, element: Element | None, count: int
) -> Type:
    """Return the narrower of the declared type and the wanted one; report AC411 when they disagree."""
    if element is not None and element.type is None:
        return declared
    wanted, wanter = wanted_type(ctx, name, element, count=count)
    if not is_assignable(declared, wanted):
        ctx.report(
            "AC411",
            ctx.at(at),
            f"the schema says `{name}` is `{show(declared)}`, {wanter} is `{show(wanted)}`",
        )
        return wanted
    if not isinstance(wanted, AnyType) and is_assignable(wanted, declared):
        return wanted
    return declared
