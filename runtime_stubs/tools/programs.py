# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Run one program without a shell: limited in time and output, with a clean environment."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import ToolError

__all__ = ["ProgramLimits", "find_program", "run_program"]

# What programs need to work at all; keys and tokens of the run are none of their business.
KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ")


@dataclass(frozen=True, slots=True)
class ProgramLimits:
    """What a program may do. `timeout` in seconds; `max_output` in bytes, for each stream."""

    timeout: float = 30.0
    max_output: int = 100_000
    folder: str | None = None
    environment: Sequence[str] = ()


async def run_program(
    command: Sequence[str], limits: ProgramLimits, *, input: str = ""
) -> dict[str, object]:
    """Run a program and return `{exit_code, stdout, stderr}`; output past the limit is dropped."""
    if any("\0" in part for part in command):
        raise ToolError("a command cannot hold a null character")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=limits.folder,
            env=_environment(limits.environment),
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"`{command[0]}` cannot be started: {error.strerror}") from None
    try:
        async with asyncio.timeout(limits.timeout):
            out, err, _ = await asyncio.gather(
                _read(process.stdout, limits.max_output),
                _read(process.stderr, limits.max_output),
                _feed(process.stdin, input),
            )
            code = await process.wait()
    except TimeoutError:
        raise ToolError(f"`{command[0]}` took longer than {limits.timeout:g} s") from None
    finally:
        _end(process)
        await process.wait()
    return {"exit_code": code, "stdout": out, "stderr": err}


def find_program(name: str, allow: Sequence[str]) -> str:
    """Return `name` if it is one of the allowed programs."""
    if name not in allow:
        names = ", ".join(f"`{one}`" for one in allow) or "none"
        raise ToolError(f"program `{name}` is not allowed; allowed: {names}")
    return name


def _environment(extra: Sequence[str]) -> Mapping[str, str]:
    return {name: os.environ[name] for name in (*KEPT, *extra) if name in os.environ}


async def _read(stream: asyncio.StreamReader | None, most: int) -> str:
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(1 << 16)):
        kept += chunk[: most - len(kept)]
    return kept.decode("utf-8", errors="replace")


async def _feed(stream: asyncio.StreamWriter | None, text: str) -> None:
    if stream is None:
        return
    with contextlib.suppress(ConnectionError):
        stream.write(text.encode())
        await stream.drain()
    stream.close()


def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the program and all it has started, which share its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
