# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `run` of a package."""

import argparse
import json
import os
from typing import Any

from .app import App, Listener
from .cli import Command
from .console import add_console_options, run_in_console
from .errors import InputError
from .inputs import Input, parse_assignments, read_input_file
from .shown_command import shown_command

__all__ = ["RunCommand"]


class RunCommand(Command):
    """`run`: once from inputs to the final state."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._program = f"python -m {app.name}"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "-i",
            "--input",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="an input: text for `str`, YAML for other types, KEY=@FILE reads a file",
        )
        parser.add_argument(
            "--input-file", metavar="FILE", help="all inputs, JSON or YAML; `-` reads stdin"
        )
        parser.add_argument(
            "--simulate", action="store_true", help="make answers up instead of calling models"
        )
        if self._app.durable:
            parser.add_argument("--thread", metavar="ID", help="the name of the saved run")
        if self._app.sessions:
            parser.add_argument("--session", metavar="NAME", help="the memory this run shares")
        parser.add_argument(
            "--user", metavar="NAME", help="whom it is for, as its trace names them"
        )
        add_console_options(parser)
        if self._app.inputs:
            parser.epilog = "inputs:\n" + "\n".join(_input_line(each) for each in self._app.inputs)

    def execute(self, options: argparse.Namespace) -> int:
        """Run the workflow."""
        thread = (options.thread or os.urandom(6).hex()) if self._app.durable else None
        session = options.session if self._app.sessions else None

        async def start(listeners: list[Listener]) -> object:
            return await self._app.arun(
                self._inputs(options),
                thread=thread,
                simulate=options.simulate,
                session=session,
                user=options.user,
                listeners=listeners,
            )

        return run_in_console(self._program, thread, options, start)

    def _inputs(self, options: argparse.Namespace) -> dict[str, object]:
        """Return the inputs of the file with those of the command line over them."""
        given = read_input_file(options.input_file) if options.input_file else {}
        app = self._app
        try:
            return parse_assignments(options.input, given, app.inputs, app.input_types)
        except InputError as error:
            missing = [each for each in app.inputs if each.required]
            example = " ".join(f"-i {each.name}=..." for each in missing)
            hint = f"{shown_command(self._program, 'run')} {example or '--help'}"
            raise InputError(error.problems, hint=hint) from None


def _input_line(given: Input) -> str:
    need = "required" if given.required else f"default {json.dumps(given.default)}"
    note = f"  {given.description}" if given.description else ""
    return f"  {given.name} ({given.type}, {need}){note}"
