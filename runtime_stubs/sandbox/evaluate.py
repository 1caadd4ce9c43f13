# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Run one piece of guarded code inside the confined process and shape what comes out."""

import builtins
from types import FunctionType, TracebackType

from . import plain
from .guards import Forbidden, PrintLog, namespace
from .policy import FILE_NAME, Refused, compile_code

__all__ = ["Reply", "evaluate"]

# {"ok": packed result | absent, "printed": text} or {"kind", "message", "line", "printed"}
Reply = dict[str, str | int | None]


def evaluate(source: str, inputs: dict[str, object], *, output: int, printed: int) -> Reply:
    """Return the packed `result` of the code, or what went wrong. Never raises.

    `output` and `printed`: most characters of result and print log.
    """
    log = PrintLog(printed)
    reply: Reply = {}
    with plain.Raised() as raised:
        reply = _evaluated(source, namespace(inputs, log), output, log)
    return reply if raised.error is None else _failure(raised.error, log)


def _evaluated(source: str, names: dict[str, object], output: int, log: PrintLog) -> Reply:
    # A function of the code, with the names as its globals: that is how the code is run.
    FunctionType(compile_code(source), names)()
    if "result" not in names:
        return {"printed": log.text()}
    packed = plain.pack(names["result"], "result")
    if len(packed) > output:
        message = f"`result` has {len(packed)} bytes, at most {output} are taken"
        return _problem("SandboxError", message, None, log)
    return {"ok": packed, "printed": log.text()}


def _failure(error: BaseException, log: PrintLog) -> Reply:
    """Return the reply for what the code, or the compiler, raised: whatever it is."""
    line = _line_of(error.__traceback__)
    if isinstance(error, Refused):
        return _problem("SandboxError", str(error), error.line, log)
    if isinstance(error, Forbidden | plain.NotPlain):
        return _problem("SandboxError", str(error), line, log)
    if isinstance(error, MemoryError):
        return _problem("MemoryError", "out of memory", line, log)
    return _problem(_kind_of(error), _text_of(error), line, log)


def _problem(kind: str, message: str, line: int | None, log: PrintLog) -> Reply:
    return {"kind": kind, "message": message, "line": line, "printed": log.text()}


def _kind_of(error: BaseException) -> str:
    kind: object = None
    with plain.Raised():  # by a property of the code's own class
        kind = getattr(error, "kind", None)
    return kind[:100] if isinstance(kind, str) and kind else type(error).__name__


def _text_of(error: BaseException) -> str:
    name = type(error).__name__
    text = ""
    with plain.Raised():  # by a method of the code's own class
        text = str(error)[:1000]
    if isinstance(error, NameError) and hasattr(builtins, str(error.name)):
        return f"`{error.name}` is not available in the sandbox"
    return f"{name}: {text}" if text else name


def _line_of(traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE_NAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
