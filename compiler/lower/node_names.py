"""The ids of nodes: unique, Python names, none of the reserved ones."""

from __future__ import annotations

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.span import Span
from compiler.ir.names import END, ERROR_FIELD, START
from compiler.lower.context import Context
from compiler.lower.flow import error_actions
from compiler.lower.identifiers import is_name, report_bad_name
from compiler.spec import CommonNodeSpec


def read_node_names(ctx: Context) -> None:
    """Fill `ctx.nodes`; of nodes with the same id the first counts. Codes: AC306, AC307."""
    for spec in ctx.spec.nodes:
        if spec.id in (START, END):
            span = node_span(ctx, spec)
            end = "beginning" if spec.id == START else "end"
            ctx.report(
                "AC307",
                span,
                f"`{spec.id}` is the name of the {end} of the flow",
                help="give the node another id",
            )
        elif spec.id in ctx.nodes:
            first = node_span(ctx, ctx.nodes[spec.id])
            ctx.sink.report(
                "AC306",
                node_span(ctx, spec),
                f"two nodes are called `{spec.id}`",
                related=(Label(first, "the first one"),),
                help="give each node a name of its own",
            )
        else:
            if not is_name(spec.id):
                report_bad_name(ctx, node_span(ctx, spec), spec.id, what="node")
            ctx.nodes[spec.id] = spec
    _check_error_field(ctx)


def node_span(ctx: Context, spec: CommonNodeSpec) -> Span:
    """Return where the id of a node stands."""
    return ctx.key_at(spec.id_at) if spec.is_keyed else ctx.at(spec.id_at)


def _check_error_field(ctx: Context) -> None:
    """A field called `error` and the `error` of handlers cannot both be meant."""
    field = ctx.fields.get(ERROR_FIELD)
    if field is None:
        return
    for spec in ctx.nodes.values():
        for action in error_actions(spec):
            if action.goto is not None:
                ctx.sink.report(
                    "AC306",
                    field.span,
                    f"the field `{ERROR_FIELD}` has the name under which handlers read the error",
                    related=(Label(ctx.at((*action.at, "goto")), "leads to a handler"),),
                    help="give the field another name",
                )
                return
