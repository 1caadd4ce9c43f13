"""`agentc new`: a workflow to start from."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from compiler.cli.starters import DEFAULT, WORKFLOW, copy_starter, find_starters
from compiler.cli.terminal import put, say
from compiler.diagnostics.nearest import nearest

_EPILOG = """\b
Examples:
  agentc new helpdesk --template support_desk
  agentc new --list
"""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _complete(_: click.Context, __: click.Parameter, start: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in find_starters() if name.startswith(start)]


@click.command("new", epilog=_EPILOG)
@click.argument("name", required=False)
@click.option(
    "--template",
    metavar="EXAMPLE",
    default=DEFAULT,
    show_default=True,
    shell_complete=_complete,
    help="The example to start from.",
)
@click.option("--list", "wants_list", is_flag=True, help="List the examples.")
def command(name: str | None, template: str, wants_list: bool) -> None:
    """Make a folder NAME with a workflow in it that runs at once."""
    starters = find_starters()
    if wants_list:
        width = max(map(len, starters), default=0)
        put("".join(f"{each.name:<{width}}  {each.description}\n" for each in starters.values()))
        return
    if name is None:
        raise click.UsageError("name the new workflow, or ask for the --list of examples")
    if not _NAME.fullmatch(name):
        raise click.UsageError(
            f"`{name}` is no name for a workflow: letters, digits, `_` and `-`, a letter first"
        )
    starter = starters.get(template)
    if starter is None:
        near = nearest(template, starters)
        hint = f"did you mean `{near}`?" if near else "`agentc new --list` lists them"
        raise click.UsageError(f"there is no example `{template}`; {hint}")
    try:
        files = copy_starter(starter, Path(name), name)
    except FileExistsError:
        raise click.UsageError(f"`{name}` exists already") from None
    except OSError as error:
        raise click.FileError(name, (error.strerror or str(error)).lower()) from error
    say(f"made {name}/ from `{template}`: {', '.join(files)}")
    workflow = shlex.quote(f"{name}/{WORKFLOW}")
    inputs = f" --input-file {shlex.quote(f'{name}/input.json')}" if "input.json" in files else ""
    say(f"check it:  agentc check {workflow}")
    say(f"try it:    agentc run {workflow}{inputs} --simulate")
    say(f"build it:  agentc build {workflow} -o {shlex.quote(f'{name}/out')}")
