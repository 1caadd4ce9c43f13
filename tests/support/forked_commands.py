"""`python -m tests.support.forked_commands PACKAGE`: run commands of a generated package without its slow start.

Importing LangGraph, LiteLLM and an engine takes seconds, so this process imports them once and forks a child for
each command. An order is a line of JSON on stdin: the arguments of the command and the file for what it prints.
The answer is the child's process id, which whoever gave the order may kill. The order `ended` asks for its
exit code.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import traceback
from importlib.util import find_spec

PR_SET_PDEATHSIG = 1  # of Linux: what a process gets when its parent dies
ENGINES = {
    "dbos": ("dbos",),
    "temporal": ("temporalio.client", "temporalio.worker", "temporalio.envconfig"),
}


def main(package: str) -> None:
    """Follow orders until stdin ends; what still runs then is killed."""
    command = importlib.import_module(f"{package}.__main__").run
    engine = importlib.import_module(f"{package}.engine").ENGINE.name
    models = ("litellm",) if find_spec(f"{package}._runtime.litellm_setup") else ()
    server = f"{package}._runtime.serve"
    served = (f"{server}.web",) if find_spec(server) else ()
    more = ("langgraph.graph", "alembic.config", "sqlalchemy.orm", *ENGINES[engine])
    for module in (*models, *served, *more):
        importlib.import_module(module)
    children: set[int] = set()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "ended" in order:
            ended, status = os.waitpid(order["ended"], os.WNOHANG)
            children.discard(ended)
            print(os.waitstatus_to_exitcode(status) if ended else "no", flush=True)
            continue
        child = os.fork()
        if child == 0:
            _child(command, package, order["arguments"], order["output"])
        children.add(child)
        print(child, flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)


def _child(command: object, package: str, arguments: list[str], output: str) -> None:
    code = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        # Whoever waits for the end of the orders must not wait for this child as well.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(f"{output}.out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(os.open(f"{output}.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.argv = [package, *arguments]
        assert callable(command)
        code = command()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
