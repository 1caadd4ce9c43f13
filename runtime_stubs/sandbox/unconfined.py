# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Run code in a process of its own that nothing confines (`sandbox: {enabled: false}`)."""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping

from ..errors import SandboxError
from ..run import span
from . import contained, plain
from .limits import limits_for
from .reply import Outcome, read_reply

__all__ = ["run_code"]

log = logging.getLogger(__name__)
START = """
import importlib.util, sys
def load(path):
    spec = importlib.util.spec_from_file_location("guest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
plain, contained = map(load, sys.argv[1:3])
contained.main(plain)
"""


async def run_code(
    code: str, inputs: Mapping[str, object], *, timeout: float | None = None
) -> object:
    """Run `code` with `inputs` as names in it and return what it left in `result`.

    It is ordinary Python with all rights of this program: it may import what is installed, read the
    environment, use files and the network. `timeout` in seconds, none by default. Raises
    SandboxError; its kind is the class of an exception the code raised.
    """
    with span("process", "sandbox", {"code": code, "inputs": inputs}) as opened:
        outcome = await _execute(code, inputs, timeout)
        opened.set_outputs(outcome.result)
    if outcome.printed:
        log.info("the code printed:\n%s", outcome.printed)
    if not outcome.has_result:
        raise SandboxError("the code did not set `result`")
    return outcome.result


async def _execute(code: str, inputs: Mapping[str, object], timeout: float | None) -> Outcome:
    try:
        packed = {name: plain.pack(value, name) for name, value in inputs.items()}
    except plain.NotPlain as error:
        raise SandboxError(f"input {error}") from None
    request = {"code": code, "inputs": packed, "printed": limits_for("medium").printed}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", START, str(plain.__file__), str(contained.__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(timeout):
            reply, _ = await process.communicate(json.dumps(request).encode() + b"\n")
    except TimeoutError:
        raise SandboxError(
            f"the code took longer than {timeout:g} s", kind="TimeoutError"
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not reply:
        raise SandboxError(f"the code ended its process with status {process.returncode}")
    # Programs that the code starts may have written before it.
    return read_reply(reply.splitlines()[-1])
