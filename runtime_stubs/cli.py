# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command line of a generated package."""

import argparse
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from .app import App, Listener
from .console import add_console_options, run_in_console
from .errors import InputError
from .inputs import Input, parse_assignments, read_input_file
from .report import OK
from .shown_command import shown_command

__all__ = ["Command", "main"]


class Command(Protocol):
    """A command next to `run` and `graph`."""

    name: str
    help: str

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""

    def execute(self, options: argparse.Namespace) -> int:
        """Do it and return the exit code."""


def main(
    app: App[Any], *more: Command, log_level: str | None = None, argv: Sequence[str] | None = None
) -> int:
    """Execute the command that `argv` asks for and return the exit code.

    `log_level`: the least level of Python's `logging` that goes to stderr (default: warnings).
    """
    if log_level is not None:
        logging.basicConfig(level=log_level)
    program = f"python -m {app.name}"
    parser = argparse.ArgumentParser(prog=program, description=app.description or None)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    own: list[Command] = [_Run(app, program)]
    if app.diagram is not None:
        own.append(_Graph(app.diagram))
    for command in (*own, *more):
        sub = parsers.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_options(sub)
        sub.set_defaults(execute=command.execute)
    options = parser.parse_args(argv)
    return int(options.execute(options))


class _Run:
    """`run`: once from inputs to the final state."""

    name = "run"
    help = "run the workflow once"

    def __init__(self, app: App[Any], program: str) -> None:
        self._app = app
        self._program = program

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


class _Graph:
    """`graph`: the steps and their order."""

    name = "graph"
    help = "print the graph as Mermaid text"

    def __init__(self, diagram: Path) -> None:
        self._diagram = diagram

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """There are none."""

    def execute(self, options: argparse.Namespace) -> int:
        """Print it."""
        print(self._diagram.read_text(encoding="utf-8"), end="")
        return OK


def _input_line(given: Input) -> str:
    need = "required" if given.required else f"default {json.dumps(given.default)}"
    note = f"  {given.description}" if given.description else ""
    return f"  {given.name} ({given.type}, {need}){note}"
