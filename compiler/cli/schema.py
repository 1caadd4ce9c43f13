"""`agentc schema`: the language for editors."""

from __future__ import annotations

import click

from compiler.cli.terminal import put

_EPILOG = """\b
Example:
  agentc schema > workflow.schema.json
  # first line of flow.yaml, for editors with a YAML language server:
  # yaml-language-server: $schema=./workflow.schema.json
"""


@click.command("schema", epilog=_EPILOG)
def command() -> None:
    """Print the JSON Schema (2020-12) of workflow files."""
    from compiler import api

    put(api.schema_text())
