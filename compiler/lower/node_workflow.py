"""`workflow` nodes: a call of another workflow, values matched with its fields."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.span import Span
from compiler.expr import is_assignable, show
from compiler.ir.names import FieldName
from compiler.ir.nodes import Input, Output, WorkflowBody
from compiler.ir.workflow import Child, Field, Workflow
from compiler.lower.fitting import check_fits
from compiler.lower.frame import Frame
from compiler.lower.outputs import wanted_type
from compiler.spec import WorkflowNodeSpec
from compiler.syntax import Path

_Pair = tuple[str, str, Span, Path]
"""Field of this workflow, field of the other one, where the pair stands, where the second name stands."""


def lower_workflow_call(
    frame: Frame, spec: WorkflowNodeSpec, inputs: tuple[Input, ...]
) -> tuple[WorkflowBody | None, tuple[Output, ...]]:
    """Return the body and the outputs; no body when the other workflow has errors.

    Codes: AC302, AC308, AC309, AC310, AC311.
    """
    ctx = frame.ctx
    child = _child(frame, spec)
    fields = {} if child is None else {str(field.name): field for field in child.workflow.fields}
    pairs = [pair for pair in _pairs(frame, spec) if _is_known(frame, pair)]
    outputs: list[Output] = []
    results: list[tuple[FieldName, FieldName]] = []
    for parent, name, span, at in pairs:
        wanted, wanter = wanted_type(ctx, parent, frame.element, count=len(pairs))
        if child is not None and name not in fields:
            _report_unknown(frame, ctx.at(at), spec, name, fields)
            continue
        given = fields[name].type if name in fields else wanted
        if not is_assignable(given, wanted):
            message = (
                f"`{name}` of `{spec.workflow}` is `{show(given)}`, {wanter} is `{show(wanted)}`"
            )
            ctx.report("AC311", span, message)
        outputs.append(Output(parent, wanted, span))
        results.append((FieldName(parent), FieldName(name)))
    if child is None:
        return None, tuple(outputs)
    _check_inputs(frame, spec, child.workflow, fields, inputs)
    args = tuple(each for each in inputs if each.name in fields)
    span = ctx.at((*spec.at, "workflow"))
    return WorkflowBody(child.key, args, tuple(results), span), tuple(outputs)


def _child(frame: Frame, spec: WorkflowNodeSpec) -> Child | None:
    """Return the other workflow, compiled once."""
    ctx = frame.ctx
    at = (*spec.at, "workflow")
    path = ctx.inner_path(spec.workflow, ctx.at(at))
    if path is None or ctx.children is None:
        return None
    key = ctx.children.key_of(path)
    known = frame.tables.children.get(key)
    if known is not None:
        return known
    if key in ctx.children.open:
        around = [*ctx.children.open[ctx.children.open.index(key) :], key]
        ctx.sink.report(
            "AC310",
            ctx.at(at),
            f"`{key}` is part of itself: {' -> '.join(f'`{each}`' for each in around)}",
            help="use a loop: an edge that goes back",
        )
        return None
    if ctx.read_file(spec.workflow, ctx.at(at), what="the workflow") is None:
        return None
    workflow = ctx.children.compile(key)
    if workflow is None:
        return None
    return frame.tables.children.setdefault(key, Child(key, workflow))


def _pairs(frame: Frame, spec: WorkflowNodeSpec) -> list[_Pair]:
    at = (*spec.at, "outputs")
    if isinstance(spec.outputs, dict):
        return [
            (parent, child, frame.ctx.key_at((*at, parent)), (*at, parent))
            for parent, child in spec.outputs.items()
        ]
    names = dict.fromkeys(spec.outputs or ())
    places = {name: index for index, name in reversed(list(enumerate(spec.outputs or ())))}
    return [(name, name, frame.ctx.at((*at, places[name])), (*at, places[name])) for name in names]


def _is_known(frame: Frame, pair: _Pair) -> bool:
    parent, _, span, _ = pair
    if frame.element is not None or parent in frame.ctx.fields:
        return True
    frame.ctx.report_unknown("AC302", span, parent, frame.ctx.fields, what="field")
    return False


def _check_inputs(
    frame: Frame,
    spec: WorkflowNodeSpec,
    workflow: Workflow,
    fields: Mapping[str, Field],
    inputs: tuple[Input, ...],
) -> None:
    ctx = frame.ctx
    for each in inputs:
        field = fields.get(each.name)
        if field is None:
            _report_unknown(frame, each.span, spec, each.name, fields)
        elif not field.required and field.default is None:
            ctx.report(
                "AC311",
                each.span,
                f"`{each.name}` of `{spec.workflow}` is no input: it is neither required nor has it "
                "a default",
            )
        else:
            wanter = f"`{each.name}` of `{spec.workflow}`"
            check_fits(
                ctx,
                each.value,
                field.type,
                wanter,
                code="AC311",
                at=(*spec.at, "inputs", each.name),
            )
    given = {each.name for each in inputs}
    missing = [str(f.name) for f in workflow.fields if f.required and f.name not in given]
    if missing and given <= set(fields):
        names = ", ".join(f"`{name}`" for name in missing)
        ctx.report(
            "AC311",
            ctx.at((*spec.at, "workflow")),
            f"`{spec.workflow}` needs {names}",
            help=f"add `inputs: {{{missing[0]}: …}}`",
        )


def _report_unknown(
    frame: Frame, span: Span, spec: WorkflowNodeSpec, name: str, fields: Mapping[str, Field]
) -> None:
    near = nearest(name, fields)
    names = ", ".join(f"`{each}`" for each in list(fields)[:12])
    frame.ctx.sink.report(
        "AC311",
        span,
        f"`{spec.workflow}` has no field `{name}`",
        notes=(f"its fields: {names}",) if names else (),
        help=f"did you mean `{near}`?" if near else None,
    )
