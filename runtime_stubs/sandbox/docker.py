# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Run code in a container of its own (`sandbox: {mode: docker}`)."""

import asyncio
import atexit
import contextlib
import json
import logging
import threading
from collections.abc import Mapping

from ..errors import SandboxError
from ..run import span
from . import plain
from .container import Overdue, Setup, Waiting, start_container
from .limits import Limits, Preset, limits_for
from .reply import Outcome, read_reply

__all__ = ["IMAGE", "execute", "run_code"]

log = logging.getLogger(__name__)
IMAGE = "python:3.11-slim"

# A started container per setup, waiting for the next execution; never used twice.
_spare: dict[Setup, Waiting] = {}
_lock = threading.Lock()


async def run_code(
    code: str,
    inputs: Mapping[str, object],
    *,
    preset: Preset = "medium",
    cpu: float | None = None,
    memory: int | None = None,
    timeout: float | None = None,
    network: bool = False,
    image: str = IMAGE,
) -> object:
    """Run `code` with `inputs` as names in it and return what it left in `result`.

    It may import what the image has. `cpu` in cores, `memory` in MiB and `timeout` in seconds
    replace those of the preset. Raises SandboxError.
    """
    limits = limits_for(preset, cpu=cpu, memory=memory, timeout=timeout)
    outcome = await execute(code, inputs, limits, network=network, image=image)
    if outcome.printed:
        log.info("the code printed:\n%s", outcome.printed)
    if not outcome.has_result:
        raise SandboxError("the code did not set `result`")
    return outcome.result


async def execute(
    code: str,
    inputs: Mapping[str, object],
    limits: Limits,
    *,
    network: bool = False,
    image: str = IMAGE,
) -> Outcome:
    """Run `code` once in a fresh container; `result` may be missing."""
    with span("docker", "sandbox", {"code": code, "inputs": inputs}) as opened:
        opened.set_attribute("image", image)
        outcome = await _execute(code, inputs, limits, network, image)
        opened.set_outputs(outcome.result)
        return outcome


async def _execute(
    code: str, inputs: Mapping[str, object], limits: Limits, network: bool, image: str
) -> Outcome:
    try:
        packed = {name: plain.pack(value, name) for name, value in inputs.items()}
    except plain.NotPlain as error:
        raise SandboxError(f"input {error}") from None
    request = json.dumps({"code": code, "inputs": packed, "printed": limits.printed}).encode()
    setup = Setup(image, limits.cpu, limits.memory, network)
    container = await asyncio.to_thread(_take, setup)
    try:
        reply = await asyncio.to_thread(
            container.ask,
            request,
            timeout=limits.timeout,
            limit=2 * limits.output + 8 * limits.printed + 8192,
        )
        if reply is None:
            if await asyncio.to_thread(container.ran_out_of_memory):
                raise SandboxError(
                    f"the code used more than {limits.memory} MiB of memory", kind="MemoryError"
                )
            raise SandboxError("the code was stopped, or gave more than it may")
    except Overdue:
        raise SandboxError(
            f"the code took longer than {limits.timeout:g} s", kind="TimeoutError"
        ) from None
    finally:
        # Not a daemon: the program waits for it, and then removes the spare container.
        threading.Thread(target=_follow_up, args=(container, setup)).start()
    return read_reply(reply)


def _take(setup: Setup) -> Waiting:
    with _lock:
        spare = _spare.pop(setup, None)
    return spare or start_container(setup)


def _follow_up(used: Waiting, setup: Setup) -> None:
    """Remove a used container and start the one that the next execution will find ready."""
    used.remove()
    with contextlib.suppress(SandboxError):
        fresh = start_container(setup)
        with _lock:
            surplus = fresh if setup in _spare else None
            _spare.setdefault(setup, fresh)
        if surplus is not None:
            surplus.remove()


@atexit.register
def _close() -> None:
    with _lock:
        left = list(_spare.values())
        _spare.clear()
    for container in left:
        container.remove()
