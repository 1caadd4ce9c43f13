"""The `state` section: fields with types, defaults and merges."""

from __future__ import annotations

import json

from compiler.expr import (
    ANY,
    STR,
    AnyType,
    DictType,
    FloatType,
    IntType,
    ListType,
    MessagesType,
    RecordType,
    StrType,
    Type,
    show,
)
from compiler.ir.names import FieldName
from compiler.ir.values import Constant
from compiler.ir.workflow import Field, Merge
from compiler.lower.context import Context
from compiler.lower.declared_types import field_type
from compiler.lower.fitting import data_misfit
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.spec import FieldSpec
from compiler.syntax import Mapping, Path, find


def lower_fields(ctx: Context) -> None:
    """Fill `ctx.fields` and `ctx.state`. Codes: AC307, AC407, AC410, AC412 and those of types.

    A field whose declaration was dropped with a report is there as `any`, given from outside, so that
    nothing that speaks of it is reported again.
    """
    declared = ctx.spec.state.fields if ctx.spec.state is not None else {}
    for name, spec in declared.items():
        if not is_name(name):
            report_bad_name(ctx, ctx.key_at(spec.at), name, what="field")
        ctx.fields[name] = _field(ctx, name, spec)
    for path in (("state", "fields"), ("state",)):
        for name in _dropped(ctx, path):
            place = ctx.key_at((*path, name))
            ctx.fields.setdefault(
                name, Field(FieldName(name), ANY, place, required=True, merge="append")
            )
    ctx.state.update({name: field.type for name, field in ctx.fields.items()})


def written_type(field: Field) -> Type:
    """Return the type of what a node writes to the field: with `append`, one item of the list."""
    if field.merge == "append" and isinstance(field.type, ListType):
        return field.type.item
    return field.type


def constant(ctx: Context, data: object, type: Type, path: Path) -> Constant:
    """Return plain data of the file as a value of `type`."""
    return Constant(json.dumps(data, ensure_ascii=False), type, ctx.at(path))


def _dropped(ctx: Context, path: Path) -> list[str]:
    section = find(ctx.tree, path)
    if not ctx.spec.poisoned or not isinstance(section, Mapping):
        return []
    names = [entry.name for entry in section.entries]
    return [name for name in names if name in ctx.spec.poisoned and name != "fields"]


def _field(ctx: Context, name: str, spec: FieldSpec) -> Field:
    type = field_type(ctx, spec)
    required = bool(spec.required)
    merge: Merge = spec.merge or "replace"
    if not _can_merge(merge, type):
        _report_merge(ctx, spec, merge, type)
        merge = "replace"
    default = None
    if spec.has_default and required:
        ctx.report(
            "AC412",
            ctx.key_at((*spec.at, "default")),
            f"`{name}` is required, so its default is never used",
            help="leave out `default`, or `required: true`",
        )
    elif spec.has_default:
        misfit = data_misfit(ctx, spec.default, type, (*spec.at, "default"))
        if misfit is None or (spec.default is None and _is_object(type)):
            default = constant(ctx, spec.default, type, (*spec.at, "default"))
        else:
            misfit.report(
                ctx,
                "AC407",
                f"the default of `{name}` does not fit",
                help=(
                    f"write `type: {spec.type}?` for a field that may be null"
                    if spec.default is None and spec.type
                    else None
                ),
            )
            # It has a value: readers of the field are not to blame.
            required = True
    return Field(
        name=FieldName(name),
        type=type,
        span=ctx.key_at(spec.at),
        required=required,
        default=default,
        description=spec.description or "",
        merge=merge,
    )


def _is_object(type: Type) -> bool:
    """Whether null as the default means that there is none yet: files of version 1.0 write objects so."""
    return isinstance(type, RecordType | DictType)


def _can_merge(merge: Merge, type: Type) -> bool:
    if isinstance(type, AnyType):
        return True
    match merge:
        case "replace":
            return True
        case "append" | "extend":
            return isinstance(type, ListType)
        case "add":
            return isinstance(type, IntType | FloatType | ListType) or type == STR
        case "union":
            return isinstance(type, DictType | RecordType)
        case "min" | "max":
            return isinstance(type, IntType | FloatType | StrType)
        case "messages":
            return isinstance(type, MessagesType)


_WANTED = {
    "append": "a list",
    "extend": "a list",
    "add": "a number, a `str` or a list",
    "union": "a `dict` or an object",
    "min": "a number or a `str`",
    "max": "a number or a `str`",
    "messages": "the type `messages`",
}


def _report_merge(ctx: Context, spec: FieldSpec, merge: Merge, type: Type) -> None:
    ctx.report(
        "AC410",
        ctx.at((*spec.at, "merge")),
        f"`merge: {merge}` needs {_WANTED[merge]}, the field is `{show(type)}`",
    )
