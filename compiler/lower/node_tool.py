"""`tool` nodes: one call with computed arguments, checked against what the tool takes and gives."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diagnostics.span import Span
from compiler.expr import AnyType, DictType, OptionalType, RecordType, Type, is_assignable, show
from compiler.ir.builtins import Parameter
from compiler.ir.names import ToolName
from compiler.ir.nodes import Input, Output, ToolBody, ToolUse
from compiler.lower.context import Context
from compiler.lower.data import plain_data
from compiler.lower.fitting import check_fits
from compiler.lower.frame import Frame, lower_inputs
from compiler.lower.outputs import lower_outputs
from compiler.lower.tool_settings import check_tool_settings
from compiler.spec import ToolNodeSpec
from compiler.syntax import Path


def lower_tool(frame: Frame, spec: ToolNodeSpec) -> tuple[ToolBody | None, tuple[Output, ...]]:
    """Return the body and the outputs of a `tool` node; no body when the tool is unknown. Code: AC704."""
    ctx = frame.ctx
    outputs = lower_outputs(ctx, spec, spec.outputs, frame.element)
    at = (*spec.at, "tool")
    config = None
    if spec.config is not None:
        config = plain_data(ctx, (*spec.at, "config"), spec.config)
    use = frame.tables.tools.use(spec.tool, at, on_error="fail", config=config)
    args = lower_inputs(ctx, spec.args, (*spec.at, "args"), frame.scope, what="argument")
    if use is None:
        return None, outputs
    check_tool_settings(ctx, use, (*spec.at, "config"))
    shape = frame.tables.tools.shape(use)
    if shape.parameters is not None and "args" not in spec.pruned:
        _check_arguments(ctx, use, args, shape.parameters, (*spec.at, "args"))
    _check_result(ctx, use, shape.returns, outputs)
    return ToolBody(use, args), outputs


def _check_arguments(
    ctx: Context, use: ToolUse, args: tuple[Input, ...], parameters: Sequence[Parameter], at: Path
) -> None:
    known = {each.name: each for each in parameters}
    for arg in args:
        parameter = known.get(arg.name)
        if parameter is None:
            ctx.sink.report_unknown(
                "AC704",
                arg.span,
                f"`{use.tool}` has no parameter `{arg.name}`",
                arg.name,
                known,
                what="parameters",
            )
        else:
            wanter = f"the parameter `{arg.name}` of `{use.tool}`"
            check_fits(ctx, arg.value, parameter.type, wanter, code="AC704", at=(*at, arg.name))
    given = {arg.name for arg in args}
    # A misspelt name leaves a required one over: one mistake, one report.
    missing = [each for each in parameters if each.required and each.name not in given]
    if missing and given <= set(known):
        names = ", ".join(f"`{each.name}`" for each in missing)
        ctx.report(
            "AC704",
            use.span,
            f"the call of `{use.tool}` lacks {names}",
            help=f"add `args: {{{missing[0].name}: …}}`",
        )


def _check_result(ctx: Context, use: ToolUse, returns: Type, outputs: tuple[Output, ...]) -> None:
    if len(outputs) == 1:
        _check_output(ctx, use.tool, returns, outputs[0], outputs[0].span)
    elif outputs and isinstance(returns, RecordType):
        for output in outputs:
            part = returns.get(output.name)
            if part is not None:
                _check_output(ctx, use.tool, part.read_type, output, output.span)
                continue
            ctx.sink.report_unknown(
                "AC408",
                output.span,
                f"`{use.tool}` gives no `{output.name}`",
                output.name,
                [field.name for field in returns.fields],
                what="parts of its result",
            )
    elif outputs and not isinstance(returns, AnyType | DictType):
        ctx.report(
            "AC408",
            outputs[1].span,
            f"`{use.tool}` gives one `{show(returns)}`, the node has {len(outputs)} outputs",
        )


def _check_output(ctx: Context, tool: ToolName, returns: Type, output: Output, span: Span) -> None:
    if is_assignable(returns, output.type):
        return
    may_be_null = isinstance(returns, OptionalType) and is_assignable(returns.inner, output.type)
    ctx.report(
        "AC408",
        span,
        f"`{tool}` gives `{show(returns)}`, the output `{output.name}` is `{show(output.type)}`",
        help=f"declare it as `{show(output.type)}?`" if may_be_null else None,
    )
