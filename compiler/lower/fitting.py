"""Whether values of the file fit what takes them, and which part of them does not."""

from __future__ import annotations

from compiler.diagnostics.diagnostic import Fix
from compiler.diagnostics.span import Span
from compiler.expr import (
    AnyType,
    DictType,
    ListType,
    Misfit,
    OptionalType,
    RecordType,
    Type,
    Unknown,
    constant_value,
    find_misfit,
    is_assignable,
    misfit_of_key,
    misfit_of_names,
    show,
)
from compiler.ir.values import Constant, Expression, ListValue, MappingValue, Value
from compiler.lower.context import Context
from compiler.lower.data import is_stand_in
from compiler.lower.values import value_type
from compiler.record import dataclass
from compiler.syntax import Path


@dataclass(frozen=True, slots=True)
class PlacedMisfit:
    """What does not fit, and where that stands in the file."""

    span: Span
    reason: str
    near: str | None = None

    def report(self, ctx: Context, code: str, message: str, *, help: str | None = None) -> None:
        """Report it as `message: reason`; what was probably meant is the help and the fix."""
        fix: tuple[Fix, ...] = ()
        if self.near is not None:
            help = f"did you mean `{self.near}`?"
            if self.span.source.text[self.span.start : self.span.end].isidentifier():
                fix = (Fix(self.span, self.near),)
        ctx.sink.report(code, self.span, f"{message}: {self.reason}", help=help, fix=fix)


def check_fits(
    ctx: Context, value: Value, wanted: Type, wanter: str, *, code: str, at: Path
) -> bool:
    """Report the part of a value that does not fit what takes it; tell whether all fits.

    Args:
        at: where the value stands.
    """
    found = value_misfit(ctx, value, wanted, at)
    if found is None:
        return True
    found.report(ctx, code, f"the value does not fit {wanter}")
    return False


def data_misfit(ctx: Context, data: object, wanted: Type, at: Path) -> PlacedMisfit | None:
    """Find the part of plain data at `at` that does not fit."""
    found = find_misfit(data, wanted)
    return None if found is None else _placed(ctx, found, at)


def value_misfit(ctx: Context, value: Value, wanted: Type, at: Path) -> PlacedMisfit | None:
    """Find the part of a value at `at` that does not fit."""
    if is_stand_in(value) or isinstance(wanted, AnyType):
        return None
    if isinstance(value, Constant):
        return data_misfit(ctx, value.data, wanted, at)
    if isinstance(value, ListValue | MappingValue):
        return _tree_misfit(ctx, value, wanted, at)
    if isinstance(value, Expression):
        known = constant_value(value.ast)
        if not isinstance(known, Unknown):
            misfit = find_misfit(known, wanted)
            return None if misfit is None else PlacedMisfit(value.span, str(misfit))
    return _type_misfit(value, wanted)


def _tree_misfit(
    ctx: Context, value: ListValue | MappingValue, wanted: Type, at: Path
) -> PlacedMisfit | None:
    wanted = wanted.inner if isinstance(wanted, OptionalType) else wanted
    if isinstance(value, ListValue):
        if not isinstance(wanted, ListType):
            return _type_misfit(value, wanted)
        parts = [((*at, index), item, wanted.item) for index, item in enumerate(value.items)]
    elif isinstance(wanted, RecordType):
        misfit = misfit_of_names([key for key, _ in value.entries], wanted)
        if misfit is not None:
            return _placed(ctx, misfit, at)
        types = {field.name: field.read_type for field in wanted.fields}
        parts = [((*at, key), part, types[key]) for key, part in value.entries]
    elif isinstance(wanted, DictType):
        for key, _ in value.entries:
            misfit = misfit_of_key(key, wanted.key)
            if misfit is not None:
                return _placed(ctx, misfit, at)
        parts = [((*at, key), part, wanted.value) for key, part in value.entries]
    else:
        return _type_misfit(value, wanted)
    found = (value_misfit(ctx, part, type, place) for place, part, type in parts)
    return next((each for each in found if each is not None), None)


def _type_misfit(value: Value, wanted: Type) -> PlacedMisfit | None:
    type = value_type(value)
    if is_assignable(type, wanted):
        return None
    return PlacedMisfit(value.span, f"expected `{show(wanted)}`, found `{show(type)}`")


def _placed(ctx: Context, misfit: Misfit, at: Path) -> PlacedMisfit:
    place = (*at, *misfit.path)
    span = ctx.key_at(place) if misfit.names_key else ctx.at(place)
    return PlacedMisfit(span, misfit.reason, misfit.near)
