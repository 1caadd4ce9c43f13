"""`agentc completion`: the script that teaches a shell the commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from compiler.cli.terminal import put

_EPILOG = """\b
Examples:
  eval "$(agentc completion bash)"                     # in ~/.bashrc
  eval "$(agentc completion zsh)"                      # in ~/.zshrc
  agentc completion fish > ~/.config/fish/completions/agentc.fish
"""


@click.command("completion", epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a SHELL."""
    kind = get_completion_class(shell)
    assert kind is not None, "click knows all three"
    put(kind(context.find_root().command, {}, "agentc", "_AGENTC_COMPLETE").source() + "\n")
