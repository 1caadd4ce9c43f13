# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Run one piece of guarded code inside the confined process and shape what comes out."""

import builtins
from types import TracebackType

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
    try:
        names = namespace(inputs, log)
        exec(compile_code(source), names)  # noqa: S102 - what this process is for
        if "result" not in names:
            return {"printed": log.text()}
        packed = plain.pack(names["result"], "result")
        if len(packed) > output:
            return _problem(
                "SandboxError",
                f"`result` has {len(packed)} bytes, at most {output} are taken",
                None,
                log,
            )
        return {"ok": packed, "printed": log.text()}
    except Refused as error:
        return _problem("SandboxError", str(error), error.line, log)
    except (Forbidden, plain.NotPlain) as error:
        return _problem("SandboxError", str(error), _line_of(error.__traceback__), log)
    except MemoryError as error:
        return _problem("MemoryError", "out of memory", _line_of(error.__traceback__), log)
    except BaseException as error:  # noqa: BLE001 - whatever the code raises is its answer
        return _problem(_kind_of(error), _text_of(error), _line_of(error.__traceback__), log)


def _problem(kind: str, message: str, line: int | None, log: PrintLog) -> Reply:
    return {"kind": kind, "message": message, "line": line, "printed": log.text()}


def _kind_of(error: BaseException) -> str:
    try:
        kind = getattr(error, "kind", None)
    except BaseException:  # noqa: BLE001 - a property of the code's own class
        kind = None
    return kind[:100] if isinstance(kind, str) and kind else type(error).__name__


def _text_of(error: BaseException) -> str:
    name = type(error).__name__
    try:
        text = str(error)[:1000]
    except BaseException:  # noqa: BLE001 - a method of the code's own class
        text = ""
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
