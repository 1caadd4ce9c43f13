# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Run code in a guarded, confined process of its own (`sandbox: {mode: python}`)."""

import asyncio
import functools
import logging
from collections.abc import Mapping

from ..errors import SandboxError
from ..events import Warned
from ..run import emit, span
from . import plain
from .host import Silent, TooMuch, open_exchange
from .limits import Limits, Preset, limits_for
from .reply import Outcome, failure, read_reply

__all__ = ["execute", "run_code"]

log = logging.getLogger(__name__)
MIB = 1 << 20


async def run_code(
    code: str,
    inputs: Mapping[str, object],
    *,
    preset: Preset = "medium",
    memory: int | None = None,
    timeout: float | None = None,
) -> object:
    """Run `code` with `inputs` as names in it and return what it left in `result`.

    `memory` in MiB and `timeout` in seconds replace those of the preset. What the code prints
    goes to the log. Raises SandboxError; its kind is the class of an exception the code raised.
    """
    outcome = await execute(code, inputs, limits_for(preset, memory=memory, timeout=timeout))
    if outcome.printed:
        log.info("the code printed:\n%s", outcome.printed)
    if not outcome.has_result:
        raise SandboxError("the code did not set `result`")
    return outcome.result


async def execute(
    code: str, inputs: Mapping[str, object], limits: Limits, *, must_confine: bool = False
) -> Outcome:
    """Run `code` once in a fresh process; `result` may be missing.

    `must_confine`: refuse to run where the operating system cannot filter system calls (anything
    but Linux on x86_64 and aarch64). Otherwise the guards and the process have to do, with a
    warning.
    """
    with span("python", "sandbox", {"code": code, "inputs": inputs}) as opened:
        outcome = await _execute(code, inputs, limits, must_confine)
        opened.set_outputs(outcome.result)
        return outcome


async def _execute(
    code: str, inputs: Mapping[str, object], limits: Limits, must_confine: bool
) -> Outcome:
    request = {
        "code": code,
        "inputs": _packed(inputs),
        "timeout": limits.timeout,
        "memory": limits.memory * MIB,
        "output": limits.output,
        "printed": limits.printed,
        "must_confine": must_confine,
    }
    try:
        async with open_exchange() as exchange, asyncio.timeout(limits.timeout):
            # The result is text in JSON inside JSON: escapes may double its size.
            reply = await exchange.ask(request, 2 * limits.output + 8 * limits.printed + 8192)
    except TimeoutError:
        raise SandboxError(
            f"the code took longer than {limits.timeout:g} s", kind="TimeoutError"
        ) from None
    except Silent:
        raise SandboxError(
            f"the code was stopped: it used more than {limits.memory} MiB of memory"
            " or broke the interpreter"
        ) from None
    except TooMuch:
        raise failure(f"`result` is larger than {limits.output} bytes") from None
    outcome = read_reply(reply)
    if not outcome.confined:
        _warn_unconfined()
    return outcome


def _packed(inputs: Mapping[str, object]) -> dict[str, str]:
    try:
        return {name: plain.pack(value, name) for name, value in inputs.items()}
    except plain.NotPlain as error:
        raise SandboxError(f"input {error}") from None


@functools.cache
def _warn_unconfined() -> None:
    emit(
        Warned(
            "this machine cannot filter system calls: code nodes run guarded, in a process of their"
            " own, but without protection by the operating system"
        )
    )
