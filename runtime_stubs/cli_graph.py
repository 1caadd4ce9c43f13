# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `graph` of a package."""

import argparse
from pathlib import Path

from .cli import Command
from .report import OK

__all__ = ["GraphCommand"]


class GraphCommand(Command):
    """`graph`: the steps and their order."""

    def __init__(self, diagram: Path) -> None:
        """Take the file with the Mermaid text."""
        self._diagram = diagram

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """There are none."""

    def execute(self, options: argparse.Namespace) -> int:
        """Print it."""
        print(self._diagram.read_text(encoding="utf-8"), end="")
        return OK
