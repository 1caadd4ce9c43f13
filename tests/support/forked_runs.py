"""`python -m tests.support.forked_runs PACKAGE`: run a generated package again and again, and kill it.

Importing LangGraph and LiteLLM takes seconds, so this process imports them once and forks a child for each
run. They save them where `AGENTC_CHECKPOINTS` says. An order is a line of JSON on stdin: `thread`, `inputs`, `folder`,
`key` (for the model server, which sees by it which child asks) and when to kill: at the event with the number `events`, where the child kills itself so that
nothing happens in between, or after `seconds`. The answer is a line too: whether the child was killed, and the final
state if it was not.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
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
    asyncio.run(app.arun({"topic": "warm up"}))  # LiteLLM imports more at the first call
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
            os.environ["OPENAI_API_KEY"] = order["key"]
            _child(app, order, folder)
            code = 0
        finally:
            os._exit(code)
    killed = _watch(child, order.get("seconds"))
    state = json.loads(result.read_text()) if result.exists() else None
    return {"killed": killed, "state": state}


def _child(app: Any, order: dict[str, Any], folder: Path) -> None:
    numbers = itertools.count(1)
    with (folder / "log").open("a", buffering=1) as log:

        def listen(event: object) -> None:
            log.write(f"{type(event).__name__} {getattr(event, 'node', '')}\n")
            if next(numbers) == order.get("events"):
                os.kill(os.getpid(), signal.SIGKILL)

        state = asyncio.run(
            app.arun_once(order["inputs"], thread=order["thread"], listeners=[listen])
        )
    draft = folder / "draft.json"
    draft.write_text(json.dumps(state))
    draft.replace(folder / "result.json")


def _watch(child: int, seconds: float | None) -> bool:
    """Kill the child when it is time; return whether it was killed."""
    started = time.monotonic()
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.WIFSIGNALED(status)
        if seconds is not None and time.monotonic() - started >= seconds:
            os.kill(child, signal.SIGKILL)
            return os.WIFSIGNALED(os.waitpid(child, 0)[1])
        time.sleep(0.001)


if __name__ == "__main__":
    main(sys.argv[1])
