"""`python -m greeter`."""

from ._runtime.cli import Command, main


def _run() -> Command:
    from ._runtime.cli_run import RunCommand
    from .app import APP

    return RunCommand(APP)


def _graph() -> Command:
    from pathlib import Path

    from ._runtime.cli_graph import GraphCommand

    return GraphCommand(Path(__file__).with_name("graph.mmd"))


COMMANDS = {
    "run": ("run the workflow once", _run),
    "graph": ("print the graph as Mermaid text", _graph),
}

if __name__ == "__main__":
    raise SystemExit(main("greeter", COMMANDS, description="Greets somebody."))
