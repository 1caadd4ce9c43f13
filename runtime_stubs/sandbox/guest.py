# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The process in which guarded code runs: started, not called, by `host.py`.

`serve` keeps one interpreter warm and forks it for each call (Linux); `once` runs one call.
A request and its reply are one line of length in ASCII, then that many bytes of JSON.
"""

import codecs
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import warnings

from . import plain
from .confine import confine, mapped_bytes
from .evaluate import Reply, evaluate
from .seccomp import Filter, find_filter

__all__ = ["once", "serve"]

CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "ascii", "cp1252", "idna")


def serve(control: int) -> None:
    """Fork a child for each connection that arrives on the socket `control`, until it closes."""
    if sys.platform == "win32":
        return
    _prepare()
    filter = find_filter()
    base = mapped_bytes()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=control) as listener:
        while True:
            message, connections, _, _ = socket.recv_fds(listener, 1, 1)
            if not message:
                return
            connection = connections[0]
            child = os.fork()
            if child == 0:
                os.dup2(connection, 0)
                os.closerange(1, 64)
                _answer(0, 0, filter, base)
                os._exit(0)
            # The child waits for its request, so it is still there when the host looks at the id.
            os.write(connection, b"%d\n" % child)
            os.close(connection)


def once(source: int, sink: int) -> None:
    """Answer the one request that comes in on `source`."""
    _prepare()
    _answer(source, sink, find_filter(), mapped_bytes())


def _prepare() -> None:
    """Load now what Python otherwise loads on first use: later no file can be opened."""
    for module in ("_strptime", "unicodedata"):
        importlib.import_module(module)
    for codec in CODECS:
        codecs.lookup(codec)
    time.localtime()
    evaluate(
        "import datetime\nresult = datetime.date(2024, 1, 1).strftime('%c')",
        {},
        output=100,
        printed=0,
    )
    warnings.simplefilter("ignore")
    sys.path.clear()
    gc.collect()
    gc.freeze()


def _answer(source: int, sink: int, filter: Filter | None, base: int) -> None:
    request = json.loads(_read(source))
    inputs = {name: plain.unpack(value) for name, value in request["inputs"].items()}
    confined = confine(seconds=request["timeout"], memory=base + request["memory"], filter=filter)
    if request["must_confine"] and not confined:
        reply: Reply = {
            "kind": "SandboxError",
            "message": "this machine cannot filter system calls, which this code needs:"
            " use `sandbox: {mode: docker}`",
            "line": None,
            "printed": "",
        }
    else:
        reply = evaluate(
            request["code"], inputs, output=request["output"], printed=request["printed"]
        )
    data = json.dumps({**reply, "confined": confined}).encode()
    _write(sink, b"%d\n" % len(data) + data)


def _read(source: int) -> bytes:
    size = b""
    while not size.endswith(b"\n"):
        size += os.read(source, 1) or _closed()
    data = bytearray()
    while len(data) < int(size):
        data += os.read(source, min(1 << 16, int(size) - len(data))) or _closed()
    return bytes(data)


def _write(sink: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sink, view) :]


def _closed() -> bytes:
    os._exit(1)
