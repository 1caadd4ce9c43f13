"""Maps: `foreach` on a node, and `parallel` edges, which mean the same on their target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from compiler.expr import (
    ANY,
    INT,
    MESSAGE,
    STR,
    AnyType,
    ListType,
    MessagesType,
    RecordField,
    RecordType,
    Scope,
    Type,
    is_assignable,
    show,
)
from compiler.ir.names import FieldName
from compiler.ir.nodes import ForEach
from compiler.ir.values import Expression
from compiler.lower.context import Context
from compiler.lower.fields import written_type
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.lower.outputs import Element
from compiler.lower.values import lower_expression
from compiler.record import dataclass
from compiler.spec import ForeachSpec, ParallelSpec
from compiler.syntax import Path

DEFAULT_ITEM = "item"
INDEX = "index"
_RESERVED = ("state", "error", INDEX)
_FAILURE = RecordType(
    None, (RecordField("index", INT), RecordField("kind", STR), RecordField("message", STR))
)


@dataclass(frozen=True, slots=True)
class _Settings:
    """Both spellings of a map in one shape; each place is where its value stands."""

    source: str
    source_at: Path
    var: str
    var_at: Path
    collect: str | None
    collect_at: Path
    max_concurrency: int | None
    on_error: Literal["fail", "skip"]
    errors: str | None
    errors_at: Path


def lower_foreach(
    ctx: Context, spec: ForeachSpec | ParallelSpec, scope: Scope
) -> tuple[ForEach | None, Element]:
    """Return the map of a node and what each of its runs must give. Codes: AC302, AC307, AC515.

    There is no map when the list was reported; its names are known all the same, see `map_locals`.
    """
    settings = _settings(spec)
    if not is_name(settings.var):
        report_bad_name(ctx, ctx.at(settings.var_at), settings.var, what="item")
    elif settings.var in _RESERVED:
        ctx.report(
            "AC307", ctx.at(settings.var_at), f"`{settings.var}` has a meaning of its own here"
        )
    written = ctx.written(settings.source_at, settings.source)
    source = lower_expression(ctx, written, scope)
    item = ANY if source is None else _item_type(ctx, source)
    collect = _field(ctx, settings.collect, settings.collect_at)
    element = Element(_element_type(ctx, collect, settings.collect_at))
    errors = _field(ctx, settings.errors, settings.errors_at)
    if errors is not None:
        _check_errors(ctx, errors, settings.errors_at)
    if source is None:
        return None, element
    foreach = ForEach(
        source=source,
        var=settings.var,
        item_type=item,
        collect=collect,
        max_concurrency=settings.max_concurrency,
        on_error=settings.on_error,
        errors=errors,
        span=ctx.at(settings.collect_at) if settings.collect is not None else written.span,
    )
    return foreach, element


def map_locals(spec: ForeachSpec | ParallelSpec, foreach: ForEach | None) -> Mapping[str, Type]:
    """Return the names a map gives to each run, with their types."""
    return {_settings(spec).var: ANY if foreach is None else foreach.item_type, INDEX: INT}


def _settings(spec: ForeachSpec | ParallelSpec) -> _Settings:
    at = spec.at
    if isinstance(spec, ForeachSpec):
        return _Settings(
            source=spec.in_,
            source_at=(*at, "in"),
            var=spec.as_ or DEFAULT_ITEM,
            var_at=(*at, "as"),
            collect=spec.collect,
            collect_at=(*at, "collect"),
            max_concurrency=spec.max_concurrency,
            on_error=spec.on_error or "fail",
            errors=spec.errors,
            errors_at=(*at, "errors"),
        )
    return _Settings(
        source=spec.items_field,
        source_at=(*at, "items_field"),
        var=DEFAULT_ITEM,
        var_at=at,
        collect=spec.collect_field,
        collect_at=(*at, "collect_field"),
        max_concurrency=spec.max_concurrency,
        on_error=spec.on_error or "fail",
        errors=spec.errors,
        errors_at=(*at, "errors"),
    )


def _item_type(ctx: Context, source: Expression) -> Type:
    match source.type:
        case ListType(item):
            return item
        case MessagesType():
            return MESSAGE
        case AnyType():
            return ANY
        case other:
            ctx.report(
                "AC515",
                source.span,
                f"a map needs a list, this is `{show(other)}`",
                help=f"give it a value of type `list[{show(other)}]`",
            )
            return ANY


def _field(ctx: Context, name: str | None, at: Path) -> FieldName | None:
    if name is None:
        return None
    plain = name.removeprefix("state.")
    if plain in ctx.fields:
        return FieldName(plain)
    ctx.report_unknown("AC302", ctx.at(at), plain, ctx.fields, what="field")
    return None


def _element_type(ctx: Context, collect: FieldName | None, at: Path) -> Type | None:
    """Return the type of what one run gives: the item of the list that is written to the field."""
    if collect is None:
        return None
    field = ctx.fields[collect]
    written = written_type(field)
    if isinstance(written, ListType):
        return written.item
    if isinstance(written, MessagesType):
        return MESSAGE
    if isinstance(written, AnyType):
        return ANY
    by_append = field.merge == "append" and isinstance(field.type, ListType)
    ctx.report(
        "AC515",
        ctx.at(at),
        f"`{collect}` collects a list, each write to it is `{show(written)}`",
        help=(
            "use `merge: extend`: with `append` the whole list becomes one item"
            if by_append
            else f"declare it as `list[{show(written)}]`"
        ),
    )
    return ANY


def _check_errors(ctx: Context, errors: FieldName, at: Path) -> None:
    written = written_type(ctx.fields[errors])
    if not is_assignable(ListType(_FAILURE), written):
        ctx.report(
            "AC515",
            ctx.at(at),
            f"`{errors}` receives a list of {{index, kind, message}}, it is `{show(written)}`",
            help=f"declare `{errors}: list[dict]`",
        )
