"""A group of commands whose modules are imported only when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar, NamedTuple

import click

from compiler.diagnostics.nearest import nearest


class LazyCommand(NamedTuple):
    """Where a command is: a module with a variable `command`; `help` is its line in the list."""

    module: str
    help: str


class LazyGroup(click.Group):
    """Lists its commands without importing them: that keeps help and every other command fast."""

    lazy: ClassVar[Mapping[str, LazyCommand]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people need them."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        found = self.lazy.get(cmd_name)
        if found is None:
            return None
        command = import_module(found.module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{found.module} has no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a command line; an unknown one gets the nearest name."""
        name = args[0]
        if name not in self.lazy and not name.startswith("-"):
            near = nearest(name, self.lazy)
            hint = f"did you mean `{near}`?" if near else "`agentc --help` lists them"
            ctx.fail(f"there is no command `{name}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.help) for name, found in self.lazy.items()])
