# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `submit`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from ..app import Listener
from ..cli import Command
from ..console import run_in_console
from ..errors import RuntimeFault
from ..inputs import parse_assignments, read_input_file
from ..report import OK, exit_code, report_object, report_text
from .numbers import positive, seconds

if TYPE_CHECKING:
    from .engine import Engine, Order

__all__ = ["Submit"]


class Submit(Command):
    """`submit`: put a run into the queue."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        add = parser.add_argument
        add("-i", "--input", action="append", default=[], metavar="KEY=VALUE", help="an input")
        add("--input-file", metavar="FILE", help="all inputs, JSON or YAML; `-` reads stdin")
        add(
            "--id",
            "--thread",
            metavar="ID",
            help="the name of the run: the same one is never run twice, and one that has failed "
            "is continued",
        )
        add("--wait", action="store_true", help="wait for the result and print it, as `run` does")
        add("--simulate", action="store_true", help="make answers up instead of calling models")
        if self._engine.app.sessions:
            add("--session", metavar="NAME", help="the memory this run shares")
        add(
            "--max-queue",
            type=positive,
            default=10_000,
            metavar="N",
            help="refuse the run if so many wait already (default: %(default)s)",
        )
        add(
            "--patience",
            type=seconds,
            default=0.0,
            metavar="SECONDS",
            help="wait so long for room in the queue (default: %(default)s)",
        )
        add("--json", action="store_true", help="print one JSON object")
        add("--verbose", action="store_true", help="show tracebacks")
        parser.set_defaults(stream=False)  # what happens in a worker is not told here

    def execute(self, options: argparse.Namespace) -> int:
        """Submit the run."""
        import asyncio  # not at the top: `--help` must not wait for it

        id = options.id or os.urandom(6).hex()
        program = f"python -m {self._engine.app.name}"
        if options.wait:

            async def start(_: list[Listener]) -> object:
                return await self._submit(id, options)

            return run_in_console(program, id, options, start)
        try:
            asyncio.run(self._submit(id, options))
        except RuntimeFault as error:
            if options.json:
                print(json.dumps(report_object(error, id)))
            for line in report_text(error, program, None, options.verbose):
                print(line, file=sys.stderr)
            return exit_code(error)
        return OK

    async def _submit(self, id: str, options: argparse.Namespace) -> object:
        from .session import open_queue, state_of, wait_for_room

        app = self._engine.app
        given = read_input_file(options.input_file) if options.input_file else {}
        inputs = app.check(parse_assignments(options.input, given, app.inputs, app.input_types))
        order: Order = {
            "id": id,
            "inputs": inputs,
            "simulate": options.simulate,
            "session": getattr(options, "session", None),
        }
        async with open_queue(self._engine) as queue:
            await wait_for_room(queue, options.max_queue, options.patience)
            is_new = await queue.submit(order)
            if options.wait:
                return app.public(state_of(id, await queue.outcome(id)))
        status = "queued" if is_new else "known"
        if options.json:
            print(json.dumps({"id": id, "status": status}))
        else:
            print(id)
            if not is_new:
                print("the queue knows this run already", file=sys.stderr)
        return None
