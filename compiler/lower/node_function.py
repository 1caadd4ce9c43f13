"""`function` nodes: a call of the user's own Python, its parameters matched with inputs and state."""

from __future__ import annotations

from compiler.diagnostics.diagnostic import Label
from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.span import Span
from compiler.expr import AnyType, DictType, RecordType, is_assignable, show
from compiler.ir.nodes import FunctionBody, Input, Output
from compiler.lower.fitting import value_misfit
from compiler.lower.frame import Frame
from compiler.lower.outputs import lower_outputs
from compiler.lower.python_functions import PythonParameter
from compiler.lower.user_functions import UserFunction
from compiler.lower.values import lower_expression
from compiler.lower.written import Written
from compiler.spec import FunctionNodeSpec
from compiler.syntax import Path


def lower_function(
    frame: Frame, spec: FunctionNodeSpec, inputs: tuple[Input, ...]
) -> tuple[FunctionBody, tuple[Output, ...]]:
    """Return the body and the outputs of a `function` node. Codes: AC701, AC702, AC703."""
    ctx = frame.ctx
    at = (*spec.at, "function")
    outputs = lower_outputs(ctx, spec, spec.outputs, frame.element)
    span = ctx.at(at)
    found = frame.tables.functions.find(spec.function, at)
    if found is None:
        path, _, name = spec.function.rpartition(":")
        return FunctionBody(path, name, False, inputs, span), outputs
    args = _arguments(
        frame,
        found,
        inputs,
        outputs,
        span,
        at=(*spec.at, "inputs"),
        is_given=spec.inputs is not None,
    )
    _check_returns(frame, found, outputs, span)
    function = found.function
    return FunctionBody(found.path, function.name, function.is_async, args, span), outputs


def _arguments(
    frame: Frame,
    found: UserFunction,
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    span: Span,
    *,
    at: Path,
    is_given: bool,
) -> tuple[Input, ...]:
    """Return what the function is called with: the inputs, else what has the name of a parameter."""
    function = found.function
    known = {each.name: each for each in function.parameters}
    for name in function.positional_only:
        _report(frame, found, span, f"the parameter `{name}` cannot be given by name")
    args: list[Input] = []
    for each in inputs:
        parameter = known.pop(each.name, None)
        if parameter is not None:
            _check_argument(frame, found, each, parameter, (*at, each.name))
        elif not function.takes_any_name:
            names = [each.name for each in function.parameters]
            near = nearest(each.name, names)
            # The misspelt name is what is missing under the right one.
            known.pop(near or "", None)
            _report(
                frame,
                found,
                each.span,
                f"`{function.name}` has no parameter `{each.name}`",
                help=f"did you mean `{near}`?" if near else None,
            )
            continue
        args.append(each)
    for parameter in known.values():
        if not parameter.required and (is_given or _is_own_output(frame, parameter, outputs)):
            continue
        value = _from_scope(frame, parameter, span)
        if value is not None:
            _check_argument(frame, found, value, parameter, (*at, value.name))
            args.append(value)
        elif parameter.required:
            _report(
                frame,
                found,
                span,
                f"nothing gives the parameter `{parameter.name}` of `{function.name}`",
                help=f"add `inputs: {{{parameter.name}: …}}`, or a state field of that name",
            )
    return tuple(args)


def _is_own_output(frame: Frame, parameter: PythonParameter, outputs: tuple[Output, ...]) -> bool:
    """Tell whether a field gets its first value from this very node: then there is none to pass."""
    field = frame.ctx.fields.get(parameter.name)
    if field is None or field.has_value:
        return False
    return any(output.name == parameter.name for output in outputs)


def _from_scope(frame: Frame, parameter: PythonParameter, span: Span) -> Input | None:
    name = parameter.name
    if name not in frame.scope.locals and name not in frame.ctx.fields:
        return None
    value = lower_expression(frame.ctx, Written(name, span), frame.scope)
    return None if value is None else Input(name, value, span)


def _check_argument(
    frame: Frame, found: UserFunction, each: Input, parameter: PythonParameter, at: Path
) -> None:
    misfit = value_misfit(frame.ctx, each.value, parameter.type, at)
    if misfit is not None:
        message = f"`{each.name}` does not fit `{found.function.name}`: {misfit.reason}"
        help = f"did you mean `{misfit.near}`?" if misfit.near else None
        _report(frame, found, misfit.span, message, help=help)


def _check_returns(
    frame: Frame, found: UserFunction, outputs: tuple[Output, ...], span: Span
) -> None:
    returns = found.function.returns
    name = found.function.name
    if len(outputs) == 1 and not is_assignable(returns, outputs[0].type):
        _report(
            frame,
            found,
            span,
            f"`{name}` returns `{show(returns)}`, the output `{outputs[0].name}` is "
            f"`{show(outputs[0].type)}`",
        )
    elif len(outputs) > 1 and not isinstance(returns, AnyType | DictType | RecordType):
        _report(
            frame,
            found,
            span,
            f"`{name}` returns `{show(returns)}`, the node has {len(outputs)} outputs",
            help="return a dict with one key for each output",
        )


def _report(
    frame: Frame, found: UserFunction, span: Span, message: str, *, help: str | None = None
) -> None:
    related = (Label(found.span, "the function"),) if found.is_defined else ()
    frame.ctx.sink.report("AC702", span, message, related=related, help=help)
