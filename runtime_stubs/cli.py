# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command line of a generated package; a command is imported when it is chosen."""

import argparse
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

__all__ = ["Command", "main"]


class Command(ABC):
    """What a package can be asked to do."""

    @abstractmethod
    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""

    @abstractmethod
    def execute(self, options: argparse.Namespace) -> int:
        """Do it and return the exit code."""


def main(
    package: str,
    commands: Mapping[str, tuple[str, Callable[[], Command]]],
    *,
    description: str | None = None,
    log_level: str | None = None,
    argv: Sequence[str] | None = None,
) -> int:
    """Execute the command that `argv` asks for and return the exit code.

    Args:
        package: what is run, as `python -m` knows it.
        commands: by name the line that describes a command, and what imports it.
        description: stands at the top of the help text.
        log_level: the least level of Python's `logging` that goes to stderr (default: warnings).
        argv: the arguments (default: those of the process).
    """
    arguments = sys.argv[1:] if argv is None else argv
    # No option before it takes a value, so the command is the first word that names one.
    chosen = next((word for word in arguments if word in commands), None)
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=description)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (summary, load) in commands.items():
        sub = parsers.add_parser(
            name,
            help=summary,
            description=summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == chosen:
            command = load()
            command.add_options(sub)
            sub.set_defaults(execute=command.execute)
    options = parser.parse_args(arguments)
    if log_level is not None:
        import logging  # not at the top: the help text does without it

        logging.basicConfig(level=log_level)
    return int(options.execute(options))
