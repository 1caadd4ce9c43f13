# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What runs inside a sandbox container: reads one request, runs its code, writes one reply.

This file is handed to the container's Python as text, after `plain`; the image needs nothing but
Python. The container is the sandbox, so the code is ordinary Python.
"""

import contextlib
import importlib
import io
import json
import os
import sys
from types import FunctionType, ModuleType, TracebackType

__all__ = ["main"]

FILE_NAME = "<code>"
LIBRARIES = (
    "collections",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "itertools",
    "json",
    "math",
    "random",
    "re",
    "statistics",
    "string",
    "textwrap",
)


def main(plain: ModuleType) -> None:
    """Answer the request on standard input; `plain` packs and unpacks values."""
    libraries = {name: importlib.import_module(name) for name in LIBRARIES}
    sink = os.dup(1)  # where the reply goes; what the code prints does not
    request = json.loads(sys.stdin.buffer.readline())
    inputs = {name: plain.unpack(value) for name, value in request["inputs"].items()}
    names = {**libraries, "inputs": dict(inputs), **inputs, "__name__": "code"}
    printed = io.StringIO()
    reply: dict[str, object] = {}
    with plain.Raised() as raised:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            # A function of the code, with the names as its globals: that is how the code is run.
            FunctionType(compile(request["code"], FILE_NAME, "exec"), names)()
        if "result" in names:
            reply["ok"] = plain.pack(names["result"], "result")
    if raised.error is not None:
        reply = _problem(raised.error, plain)
    text = printed.getvalue()
    most = request["printed"]
    reply["printed"] = text if len(text) <= most else text[:most] + "\n[cut]"
    with os.fdopen(sink, "wb") as file:
        file.write(json.dumps(reply).encode() + b"\n")


def _problem(error: BaseException, plain: ModuleType) -> dict[str, object]:
    if isinstance(error, plain.NotPlain):
        return {"kind": "SandboxError", "message": str(error), "line": None}
    if isinstance(error, SyntaxError):
        message = f"syntax error: {error.msg}"
        return {"kind": "SandboxError", "message": message, "line": error.lineno}
    name = type(error).__name__
    kind: object = None
    text = ""
    with plain.Raised():  # by methods of the code's own class
        kind, text = getattr(error, "kind", None), str(error)[:1000]
    return {
        "kind": kind if isinstance(kind, str) and kind else name,
        "message": f"{name}: {text}" if text else name,
        "line": _line_of(error.__traceback__),
    }


def _line_of(traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE_NAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
