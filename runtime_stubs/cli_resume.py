# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `resume` of a package whose runs are saved."""

import argparse
from typing import Any

from .app import Listener
from .cli import Command
from .console import add_console_options, run_in_console
from .durable import DurableApp

__all__ = ["Resume"]


class Resume(Command):
    """`resume`: go on with a run that was cut off, failed or waits for a person."""

    def __init__(self, app: DurableApp[Any]) -> None:
        self._app = app

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--thread", metavar="ID", required=True, help="the name of the run")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="TEXT",
            help="the answer to its question; NODE=TEXT where several are open",
        )
        add_console_options(parser)

    def execute(self, options: argparse.Namespace) -> int:
        """Continue the run."""

        async def start(listeners: list[Listener]) -> object:
            return await self._app.aresume(options.thread, options.answer, listeners=listeners)

        return run_in_console(f"python -m {self._app.name}", options.thread, options, start)
