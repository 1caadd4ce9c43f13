"""`code` nodes: Python that runs in a sandbox, checked before it ever runs."""

from __future__ import annotations

import re
from typing import Final

from compiler.ir.nodes import CodeBody, Input, Output, Sandbox
from compiler.lower.context import Context
from compiler.lower.frame import Frame
from compiler.lower.outputs import lower_outputs
from compiler.lower.python_code import INPUTS, check_code, set_names, used_names
from compiler.lower.python_text import PythonProblem, parse_python
from compiler.lower.values import lower_expression
from compiler.lower.written import Written
from compiler.spec import CodeNodeSpec, SandboxSpec

_MEBIBYTES: Final = {"": 1.0, "k": 1 / 1024, "m": 1.0, "g": 1024.0}
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?", re.IGNORECASE)


def lower_code(
    frame: Frame, spec: CodeNodeSpec, inputs: tuple[Input, ...]
) -> tuple[CodeBody, tuple[Output, ...], tuple[Input, ...]]:
    """Return the body, the outputs and the inputs of a `code` node.

    The names of a map, `item` and `index`, become inputs where the code reads them.
    """
    ctx = frame.ctx
    outputs = lower_outputs(ctx, spec, spec.outputs, frame.element)
    written = ctx.written((*spec.at, "code"), spec.code)
    sandbox = lower_sandbox(ctx, spec.sandbox)
    python = parse_python(spec.code)
    if isinstance(python, PythonProblem):
        _report(ctx, written, python, ())
    else:
        if frame.map_locals:
            inputs += _map_inputs(frame, used_names(python), inputs, written)
        names = {each.name for each in inputs}
        problems = check_code(
            python,
            names | {INPUTS},
            sandboxed=sandbox.enabled and sandbox.mode == "python",
            needs_result=bool(spec.outputs) or bool(outputs),
        )
        for problem in problems:
            _report(ctx, written, problem, names | set_names(python))
    return CodeBody(spec.code, sandbox, written.span), outputs, inputs


def lower_sandbox(ctx: Context, spec: SandboxSpec | None) -> Sandbox:
    """Return the sandbox settings with defaults filled in; sizes in MiB. Codes: AC204, AC612."""
    if spec is None:
        return Sandbox("python", True, False, "medium", None, None, None)
    if spec.enabled is False:
        _warn_unconfined(ctx, spec)
    network = spec.network
    if isinstance(network, dict):
        network = network.get("enabled", True) is not False
    limits = spec.resources
    memory = None if limits is None else limits.memory
    if isinstance(memory, str):
        match = _MEMORY.fullmatch(memory.strip())
        size = 0 if match is None else int(float(match[1]) * _MEBIBYTES[match[2].lower()])
        if size < 1:
            place = ctx.at((*limits.at, "memory")) if limits is not None else ctx.at(spec.at)
            ctx.report("AC204", place, f"`{memory}` is not a size", help="write `512m` or `2g`")
        memory = size or None
    timeout = spec.timeout if limits is None or limits.timeout is None else limits.timeout
    return Sandbox(
        mode=spec.mode or "python",
        enabled=spec.enabled is not False,
        network=bool(network),
        preset=spec.preset or "medium",
        cpu=None if limits is None else limits.cpu,
        memory=memory,
        timeout=timeout,
    )


def _warn_unconfined(ctx: Context, spec: SandboxSpec) -> None:
    config = ctx.spec.config
    promises = config.permissions if config is not None else None
    if promises is not None and any(
        each not in (None, True) for each in (promises.sandbox, promises.network, promises.files)
    ):
        return  # the permissions forbid it: that is the report
    useless = [
        f"`{name}`"
        for name, given in (
            ("mode", spec.mode),
            ("network", spec.network),
            ("preset", spec.preset),
            ("resources.cpu", spec.resources and spec.resources.cpu),
            ("resources.memory", spec.resources and spec.resources.memory),
        )
        if given is not None
    ]
    ctx.sink.report(
        "AC612",
        ctx.at((*spec.at, "enabled")),
        "the code runs with all rights of the program that runs the workflow",
        notes=(f"without a sandbox, {', '.join(useless)} has no effect",) if useless else (),
        help="leave out `enabled: false`, or check every change of this code as you check your own",
    )


def _map_inputs(
    frame: Frame, used: frozenset[str], inputs: tuple[Input, ...], written: Written
) -> tuple[Input, ...]:
    given = {each.name for each in inputs}
    found: list[Input] = []
    for name in frame.map_locals:
        if name in used and name not in given:
            value = lower_expression(frame.ctx, Written(name, written.span), frame.scope)
            if value is not None:
                found.append(Input(name, value, written.span))
    return tuple(found)


def _report(
    ctx: Context, written: Written, problem: PythonProblem, names: set[str] | tuple[str, ...]
) -> None:
    span = written.part(problem.start, problem.end)
    if problem.name is None:
        ctx.report(problem.code, span, problem.message, help=problem.help)
        return
    if problem.name in ctx.spec.poisoned:
        return
    if problem.name in ctx.fields:
        ctx.report(
            problem.code,
            span,
            f"the code uses `{problem.name}`, which is not one of the node's `inputs`",
            help=f"add `{problem.name}: {problem.name}` to `inputs`",
        )
        return
    ctx.sink.report_unknown(
        problem.code, span, problem.message, problem.name, sorted(names), what="names"
    )
