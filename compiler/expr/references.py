"""Finding what names, attributes and indexes mean, and what to say when they mean nothing."""

from __future__ import annotations

from compiler.diagnostics.nearest import nearest
from compiler.expr.ast import Attribute, Expr, Index, Literal, Name, StateField
from compiler.expr.functions import FUNCTIONS
from compiler.expr.kinds import is_text, item_type
from compiler.expr.members import Member, find_attribute, find_item, path_of, show_path
from compiler.expr.problem import Problem
from compiler.expr.scope import STATE, Scope
from compiler.expr.types import (
    ANY,
    AnyType,
    DictType,
    EnumType,
    IntType,
    NullType,
    RecordType,
    Type,
    show,
)

_OTHER_LITERALS = {
    "none": "None",
    "nil": "None",
    "undefined": "None",
    "NULL": "None",
    "NONE": "None",
    "TRUE": "True",
    "FALSE": "False",
    "yes": "True",
    "no": "False",
}
_LISTED = 12


def resolve_state(expr: StateField, scope: Scope) -> tuple[Expr, Type] | Problem:
    """Find the field that `state.x` means."""
    type = scope.state.get(expr.name)
    if type is not None:
        return expr, type
    start = expr.end - len(expr.name)
    if expr.name in scope.locals:
        return Problem(
            "AC404",
            f"`{expr.name}` is not a state field",
            expr.start,
            expr.end,
            help=f"write `{expr.name}` without `state.`",
            near=expr.name,
        )
    near = nearest(expr.name, scope.state)
    return Problem(
        "AC404",
        f"unknown state field `{expr.name}`",
        start,
        expr.end,
        notes=_known("state fields", list(scope.state)) if near is None else (),
        help=f"did you mean `{near}`?" if near else "declare it under `state`",
        near=near,
    )


def resolve_local_or_state(expr: Name, scope: Scope) -> tuple[Expr, Type] | Problem:
    """Find what a bare name means: a local first, then a state field."""
    if expr.id in scope.locals:
        return expr, scope.locals[expr.id]
    if expr.id in scope.state:
        return StateField(expr.id, expr.start, expr.end), scope.state[expr.id]
    if expr.id == STATE:
        message, help, near = "`state` itself is not a value", "name a field: `state.x`", None
    elif expr.id in FUNCTIONS:
        usage = FUNCTIONS[expr.id].usage
        message, help, near = f"`{expr.id}` is a function", f"write `{usage}`", None
    else:
        message = f"unknown name `{expr.id}`"
        near = _OTHER_LITERALS.get(expr.id) or nearest(expr.id, [*scope.locals, *scope.state])
        help = f"did you mean `{near}`?" if near else f'text stands in quotes: `"{expr.id}"`'
    notes = _known("known names", [*scope.locals, *scope.state]) if near is None else ()
    return Problem("AC404", message, expr.start, expr.end, notes, help, near)


def attribute_member(expr: Attribute, type: Type) -> Member | Problem:
    """Find what `value.name` gives on a value of `type`, which is not null."""
    found = find_attribute(type, expr.name)
    if found is not None:
        return found
    near, help, notes = None, None, tuple[str, ...]()
    if isinstance(type, RecordType):
        names = [field.name for field in type.fields]
        near = nearest(expr.name, names)
        help = f"did you mean `{near}`?" if near else None
        notes = () if near else _known("attributes", names)
    elif item_type(type) is not None:
        help = "take one item first: `[0]`"
        if expr.name in ("length", "size", "count"):
            help = "write `len(x)`"
    elif isinstance(type, DictType) and isinstance(type.key, EnumType):
        near = nearest(expr.name, type.key.values)
        notes = _known("keys", type.key.values)
    elif isinstance(type, DictType):
        help = "its keys are numbers: write `[0]`"
    elif is_text(type) and expr.name in ("length", "size"):
        help = "write `len(x)`"
    message = f"`{show(type)}` has no attribute `{expr.name}`"
    return Problem("AC405", message, expr.name_start, expr.end, notes, help, near)


def index_member(expr: Index, type: Type, index: Type) -> Member | Problem:
    """Find what `value[index]` gives on a value of `type`; neither is null."""
    if isinstance(type, AnyType):
        return Member(ANY)
    if isinstance(type, RecordType):
        return _record_item(expr, type, index)
    if isinstance(type, DictType):
        if isinstance(expr.index, Literal) and is_text(index):
            found = find_item(type, expr.index.value)
            if found is not None:
                return found
        elif isinstance(index, AnyType) or isinstance(index, IntType) == isinstance(
            type.key, IntType
        ):
            return Member(type.value)
        return _wrong_index(expr, f"the keys are `{show(type.key)}`, found `{show(index)}`")
    if item_type(type) is None and not is_text(type):
        return _wrong_index(expr, f"`{show(type)}` has no items", expr)
    if not isinstance(index, IntType | AnyType):
        return _wrong_index(expr, f"the index of a `{show(type)}` is `int`, found `{show(index)}`")
    return find_item(type, 0) or Member(ANY)


def _record_item(expr: Index, type: RecordType, index: Type) -> Member | Problem:
    if not is_text(index):
        return _wrong_index(expr, f"the keys of `{show(type)}` are texts, found `{show(index)}`")
    if not isinstance(expr.index, Literal):
        return Member(ANY)
    name = str(expr.index.value)
    found = find_attribute(type, name)
    if found is not None:
        return found
    names = [field.name for field in type.fields]
    near = nearest(name, names)
    return Problem(
        "AC405",
        f"`{show(type)}` has no key `{name}`",
        expr.index.start,
        expr.index.end,
        notes=() if near else _known("keys", names),
        help=f"did you mean `{near}`?" if near else None,
    )


def _wrong_index(expr: Index, message: str, at: Expr | None = None) -> Problem:
    node = at or expr.index
    return Problem("AC402", message, node.start, node.end)


def null_problem(expr: Expr, type: Type) -> Problem:
    """Report an operand that may be null."""
    path = path_of(expr)
    what = f"`{show_path(path)}`" if path else "this value"
    verb = "is" if isinstance(type, NullType) else "may be"
    help = None
    if path and not isinstance(type, NullType):
        help = f"test it first: `{show_path(path)} != None and …`"
    return Problem("AC413", f"{what} {verb} null", expr.start, expr.end, help=help)


def _known(what: str, names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        return (f"there are no {what} here",)
    shown = ", ".join(f"`{name}`" for name in names[:_LISTED])
    return (f"{what}: {shown}{', …' if len(names) > _LISTED else ''}",)
