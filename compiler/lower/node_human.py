"""`human` nodes: a question to a person, and the answers that are possible."""

from __future__ import annotations

from compiler.expr import EnumType, RecordField, RecordType, Type, is_assignable, show
from compiler.ir.nodes import HumanBody, Output
from compiler.ir.values import Constant
from compiler.lower.fields import constant
from compiler.lower.fitting import data_misfit
from compiler.lower.frame import Frame, written_text
from compiler.lower.outputs import lower_outputs
from compiler.lower.values import lower_text
from compiler.spec import HumanNodeSpec


def lower_human(frame: Frame, spec: HumanNodeSpec) -> tuple[HumanBody, tuple[Output, ...]]:
    """Return the body and the outputs of a `human` node. Codes: AC407, AC408."""
    ctx = frame.ctx
    outputs = lower_outputs(ctx, spec, spec.outputs, frame.element)
    written, _ = written_text(ctx, spec.ask, (*spec.at, "ask"))
    choices = tuple(dict.fromkeys(spec.choices or ()))
    _check_choices(frame, spec, choices, outputs)
    body = HumanBody(
        ask=lower_text(ctx, written, frame.scope),
        choices=choices,
        wait=spec.timeout,
        default=_default(frame, spec, choices, outputs),
    )
    return body, outputs


def _check_choices(
    frame: Frame, spec: HumanNodeSpec, choices: tuple[str, ...], outputs: tuple[Output, ...]
) -> None:
    """With choices the first output is the choice; every choice must fit it."""
    if not outputs:
        return
    for index, choice in enumerate(spec.choices or ()):
        if not is_assignable(EnumType((choice,)), outputs[0].type):
            frame.ctx.report(
                "AC408",
                frame.ctx.at((*spec.at, "choices", index)),
                f"the choice `{choice}` does not fit `{outputs[0].name}`: it is "
                f"`{show(outputs[0].type)}`",
            )
            return


def _default(
    frame: Frame, spec: HumanNodeSpec, choices: tuple[str, ...], outputs: tuple[Output, ...]
) -> Constant | None:
    if not spec.has_default:
        return None
    ctx = frame.ctx
    at = (*spec.at, "default")
    wanted = _answer_type(choices, outputs)
    misfit = None if wanted is None else data_misfit(ctx, spec.default, wanted, at)
    if misfit is not None:
        misfit.report(ctx, "AC407", "the default answer does not fit")
        return None
    return constant(ctx, spec.default, wanted or EnumType(choices), at)


def _answer_type(choices: tuple[str, ...], outputs: tuple[Output, ...]) -> Type | None:
    if not outputs:
        return EnumType(choices) if choices else None
    if len(outputs) > 1:
        return RecordType(None, tuple(RecordField(each.name, each.type) for each in outputs))
    return EnumType(choices) if choices else outputs[0].type
