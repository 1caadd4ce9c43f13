"""`on_error`: what happens when a node has failed for good."""

from __future__ import annotations

from compiler.expr import Scope
from compiler.ir.names import END, ERROR_FIELD, START, NodeId
from compiler.ir.nodes import Handler
from compiler.lower.assignments import lower_assignments
from compiler.lower.context import Context
from compiler.lower.flow import ERROR_TYPE
from compiler.spec import CommonNodeSpec, ErrorActionSpec
from compiler.syntax import Path


def lower_handlers(ctx: Context, spec: CommonNodeSpec, scope: Scope) -> tuple[Handler, ...]:
    """Return the handlers in the order they are tried; plain `fail` needs none. Codes: AC301, AC513."""
    at = (*spec.at, "on_error")
    if spec.on_error is None or spec.on_error == "fail":
        return ()
    if not isinstance(spec.on_error, list):
        found = _handler(ctx, spec.on_error, at, scope)
        return () if found is None else (found,)
    handlers = (_handler(ctx, each, (*at, i), scope) for i, each in enumerate(spec.on_error))
    return tuple(each for each in handlers if each is not None)


def _handler(ctx: Context, given: str | ErrorActionSpec, at: Path, scope: Scope) -> Handler | None:
    if isinstance(given, str):
        return Handler(None, "continue" if given == "continue" else "fail", ctx.at(at))
    if given.goto is not None:
        span = ctx.at((*given.at, "goto"))
        target = _target(ctx, given.goto, at=(*given.at, "goto"))
        return None if target is None else Handler(given.match, "goto", span, target)
    if given.set is not None:
        local = {**scope.locals, ERROR_FIELD: ERROR_TYPE}
        inside = Scope(scope.state, local, scope.narrowed)
        assignments = lower_assignments(ctx, given.set, (*given.at, "set"), inside)
        return Handler(given.match, "set", ctx.key_at((*given.at, "set")), None, assignments)
    return Handler(given.match, given.action or "fail", ctx.at((*given.at, "action")))


def _target(ctx: Context, name: str, at: Path) -> NodeId | None:
    span = ctx.at(at)
    if name in ctx.nodes or name == END:
        return NodeId(name)
    if name == START:
        ctx.report("AC513", span, "`START` stands only at the beginning of the flow")
        return None
    near = ctx.report_unknown("AC301", span, name, [*ctx.nodes, END], what="node")
    return None if near is None else NodeId(near)
