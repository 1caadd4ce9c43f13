"""The `types` section: named object types, each resolved after those it mentions.

types:
  Panel: {first: str, shots: list[Shot]}      Shot = {src: str}
  Shot: {src: str}                            Panel = {first: str, shots: list[Shot]}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from compiler.diagnostics.diagnostic import Label
from compiler.expr import DictType, ListType, OptionalType, RecordType, Type
from compiler.expr.typetext import SIMPLE_TYPES
from compiler.ir.names import TypeName
from compiler.ir.workflow import NamedType
from compiler.lower.context import Context
from compiler.lower.declared_types import record_fields
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.spec import FieldSpec

_WORD = re.compile(r"[^\W\d]\w*")
_MAX_PARTS = 2_000
"""Types are written out in schemas and classes; types of types must not grow without bound."""


def lower_types(ctx: Context) -> tuple[NamedType, ...]:
    """Fill `ctx.types`; return the types in file order. Codes: AC306, AC307, AC313, AC409."""
    declared = {
        name: fields for name, fields in (ctx.spec.types or {}).items() if _is_good_name(ctx, name)
    }
    mentions = {name: tuple(_mentioned(fields, declared)) for name, fields in declared.items()}
    sizes: dict[str, int] = {}
    for name in _dependencies_first(ctx, mentions):
        record = RecordType(name, record_fields(ctx, declared[name]))
        sizes[name] = sum(_size(field.type, sizes) for field in record.fields)
        if sizes[name] > _MAX_PARTS:
            place = ctx.key_at(("types", name))
            ctx.report("AC409", place, f"`{name}` has more than {_MAX_PARTS} parts, written out")
            record = RecordType(name, ())
            sizes[name] = 1
        ctx.types[name] = record
    return tuple(
        NamedType(TypeName(name), ctx.types[name], ctx.key_at(("types", name))) for name in declared
    )


def _is_good_name(ctx: Context, name: str) -> bool:
    span = ctx.key_at(("types", name))
    if name in SIMPLE_TYPES:
        ctx.report("AC306", span, f"`{name}` is a built-in type", help="choose another name")
        return False
    if not is_name(name):
        report_bad_name(ctx, span, name, what="type")
        return False
    return True


def _mentioned(fields: Mapping[str, FieldSpec], declared: Mapping[str, object]) -> Iterator[str]:
    for spec in fields.values():
        yield from (word for word in _WORD.findall(spec.type or "") if word in declared)
        if spec.schema_ is not None:
            yield from _mentioned(spec.schema_, declared)


def _dependencies_first(ctx: Context, mentions: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Order the names so that each comes after those it mentions; report cycles and cut them."""
    order: list[str] = []
    state: dict[str, int] = {}  # 1: being visited, 2: done
    for root in mentions:
        stack = [(root, iter(mentions[root]))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                state[name] = 2
                order.append(name)
            elif following not in state:
                state[following] = 1
                stack.append((following, iter(mentions[following])))
            elif state[following] == 1:
                names = [each for each, _ in stack]
                _report_cycle(ctx, names[names.index(following) :])
    return order


def _report_cycle(ctx: Context, cycle: list[str]) -> None:
    """Report a cycle once, from the type that stands first; its members count as known types."""
    first = min(cycle, key=lambda name: ctx.key_at(("types", name)).start)
    at = cycle.index(first)
    chain = [*cycle[at:], *cycle[:at], first]
    for name in cycle:
        ctx.types.setdefault(name, RecordType(name, ()))
    ctx.sink.report(
        "AC313",
        ctx.key_at(("types", first)),
        f"the type `{first}` contains itself: {' -> '.join(f'`{name}`' for name in chain)}",
        related=[Label(ctx.key_at(("types", name)), "on the way") for name in chain[1:-1]],
        help="use `dict` or `any` at one place",
    )


def _size(type: Type, sizes: Mapping[str, int]) -> int:
    match type:
        case RecordType(name, fields):
            if name is not None and name in sizes:
                return 1 + sizes[name]
            return 1 + sum(_size(field.type, sizes) for field in fields)
        case ListType(item):
            return 1 + _size(item, sizes)
        case DictType(_, value):
            return 1 + _size(value, sizes)
        case OptionalType(inner):
            return _size(inner, sizes)
        case _:
            return 1
