# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Read what a guest answered; nothing in it is trusted."""

from dataclasses import dataclass

from ..errors import SandboxError
from . import plain

__all__ = ["Outcome", "failure", "read_reply"]


UNREADABLE = "the code gave an answer that cannot be read"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one execution gave: `result` if `has_result`, and what it printed.

    `confined`: the operating system enforced the sandbox too.
    """

    result: object
    has_result: bool
    printed: str
    confined: bool


def read_reply(data: bytes) -> Outcome:
    """Return the outcome in a reply; raise SandboxError for a failed execution."""
    try:
        reply = plain.unpack(data)
        packed = reply.get("ok") if isinstance(reply, dict) else None
        result = plain.unpack(packed) if isinstance(packed, str) else None
    except (ValueError, RecursionError, MemoryError):
        raise SandboxError(UNREADABLE) from None
    if not isinstance(reply, dict):
        raise SandboxError(UNREADABLE)
    if "message" in reply:
        raise failure(reply["message"], kind=reply.get("kind"), line=reply.get("line"))
    return Outcome(
        result=result,
        has_result=isinstance(packed, str),
        printed=str(reply.get("printed", "")),
        confined=reply.get("confined") is True,
    )


def failure(message: object, *, kind: object = None, line: object = None) -> SandboxError:
    """Return the error for a failed execution; `line` counts from 1 in the code."""
    place = f"line {line} of the code: " if isinstance(line, int) else ""
    return SandboxError(f"{place}{message}", kind=kind if isinstance(kind, str) else None)
