"""`python -m tests.support.forked_runs PACKAGE`: run a generated package again and again, and kill it.

Importing LangGraph and LiteLLM takes seconds, so this process imports them once and forks a child for each
run. An order is a line of JSON on stdin: `thread`, `inputs`, `folder` and when to kill: `lines` of the log or
`seconds`. The answer is a line too: whether the child was killed, and the final state if it was not.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def main(package: str) -> None:
    """Follow orders until stdin ends."""
    app = importlib.import_module(f"{package}.app").APP
    importlib.import_module("litellm")
    importlib.import_module("langgraph.checkpoint.sqlite.aio")
    os.environ["AGENTC_CHECKPOINTS"] = ":memory:"
    asyncio.run(app.arun({"topic": "warm up"}, simulate=True))
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_run(app, order)), flush=True)


def _run(app: Any, order: dict[str, Any]) -> dict[str, object]:
    folder = Path(order["folder"])
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _child(app, order, folder)
            code = 0
        finally:
            os._exit(code)
    killed = _watch(child, folder / "log", order.get("lines"), order.get("seconds"))
    state = json.loads(result.read_text()) if result.exists() else None
    return {"killed": killed, "state": state}


def _child(app: Any, order: dict[str, Any], folder: Path) -> None:
    os.environ["AGENTC_CHECKPOINTS"] = str(folder / "runs.sqlite")
    with (folder / "log").open("a", buffering=1) as log:

        def listen(event: object) -> None:
            log.write(f"{type(event).__name__} {getattr(event, 'node', '')}\n")

        state = asyncio.run(
            app.arun_once(order["inputs"], thread=order["thread"], listeners=[listen])
        )
    draft = folder / "draft.json"
    draft.write_text(json.dumps(state))
    draft.replace(folder / "result.json")


def _watch(child: int, log: Path, lines: int | None, seconds: float | None) -> bool:
    """Kill the child when it is time; return whether it was alive."""
    before = _lines(log)
    started = time.monotonic()
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        by_log = lines is not None and _lines(log) - before >= lines
        by_clock = seconds is not None and time.monotonic() - started >= seconds
        if by_log or by_clock:
            os.kill(child, signal.SIGKILL)
            return os.WIFSIGNALED(os.waitpid(child, 0)[1])
        time.sleep(0.001)
    return False


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


if __name__ == "__main__":
    main(sys.argv[1])
