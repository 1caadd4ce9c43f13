"""What the lowering of one node works with: the tables of the workflow and the node's own scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from compiler.diagnostics.span import Span
from compiler.expr import Scope, Type
from compiler.ir.nodes import ForEach, Input
from compiler.ir.workflow import Child
from compiler.lower.context import Context
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.lower.models import Models
from compiler.lower.outputs import Element
from compiler.lower.tools import Tools
from compiler.lower.trees import lower_value
from compiler.lower.user_functions import UserFunctions
from compiler.lower.values import value_type
from compiler.lower.written import Written
from compiler.record import dataclass
from compiler.spec import FileSpec
from compiler.syntax import Path


@dataclass(slots=True)
class Tables:
    """Everything nodes refer to by name."""

    ctx: Context
    models: Models
    tools: Tools
    functions: UserFunctions
    children: dict[str, Child] = field(default_factory=dict)


@dataclass(slots=True)
class Frame:
    """One node being lowered; `scope` is what its body may read.

    `element` is set in a map: what one run must give.
    """

    tables: Tables
    span: Span
    scope: Scope
    foreach: ForEach | None = None
    element: Element | None = None

    @property
    def ctx(self) -> Context:
        """The workflow being lowered."""
        return self.tables.ctx

    @property
    def map_locals(self) -> tuple[str, ...]:
        """The names a map gives to each run."""
        return () if self.foreach is None else (self.foreach.var, "index")


def lower_inputs(
    ctx: Context, section: Mapping[str, object] | None, at: Path, scope: Scope, *, what: str
) -> tuple[Input, ...]:
    """Return named values; one that was reported is there as `null`, so that its name is known.

    Args:
        what: what the names are, for AC307: `input`, `argument`.
    """
    found: list[Input] = []
    for name, data in (section or {}).items():
        span = ctx.key_at((*at, name))
        if not is_name(name):
            report_bad_name(ctx, span, name, what=what)
        value = lower_value(ctx, (*at, name), data, scope)
        found.append(Input(name, value, span))
    return tuple(found)


def input_types(inputs: tuple[Input, ...]) -> dict[str, Type]:
    """Return the types of the locals that inputs make."""
    return {each.name: value_type(each.value) for each in inputs}


def written_text(ctx: Context, text: str | FileSpec, at: Path) -> tuple[Written, str | None]:
    """Return a text and, if it stands in a file of its own, that file's path. Codes: AC308, AC309."""
    if isinstance(text, str):
        return ctx.written(at, text), None
    span = ctx.at((*text.at, "file"))
    read = ctx.read_file(text.file, span, what="the file")
    if read is None:
        return Written("", span), None
    path, source = read
    return Written.in_file(source), path
