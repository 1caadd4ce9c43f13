"""`agentc inspect`: what a stage of the compiler made of a workflow."""

from __future__ import annotations

from typing import Literal

import click
from click.shell_completion import CompletionItem

from compiler.cli import exits
from compiler.cli.reporting import Report, is_failing
from compiler.cli.sources import analyze
from compiler.cli.terminal import put, say, shown
from compiler.diagnostics.nearest import nearest

_EPILOG = """\b
Examples:
  agentc inspect flow.yaml --stage ir
  agentc inspect flow.yaml --plan             waves, the longest way, why each file is there
"""


def _complete(_: click.Context, __: click.Parameter, start: str) -> list[CompletionItem]:
    from compiler import api

    return [CompletionItem(name) for name in api.pass_names() if name.startswith(start)]


@click.command("inspect", epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(allow_dash=True))
@click.option(
    "--stage",
    type=click.Choice(["tree", "spec", "ir", "plan"]),
    default="ir",
    show_default=True,
    help="The YAML tree with places, the typed sections, the IR, or the plan of files.",
)
@click.option("--plan", "stage", flag_value="plan", help="The same as --stage plan.")
@click.option(
    "--after", metavar="PASS", shell_complete=_complete, help="With --stage ir: after this pass."
)
@click.option(
    "-O", "level", type=click.Choice(["0", "1"]), default="1", show_default=True, help="See build."
)
def command(
    path: str, stage: Literal["tree", "spec", "ir", "plan"], after: str | None, level: str
) -> int:
    """Show what a stage of the compiler made of a workflow.

    Mistakes are reported on stderr; what can be shown in spite of them is shown.
    """
    from compiler import api

    if after is not None and stage != "ir":
        raise click.UsageError("--after goes with --stage ir")
    if after is not None and after not in api.pass_names():
        near = nearest(after, api.pass_names())
        hint = f"did you mean `{near}`?" if near else f"known: {', '.join(api.pass_names())}"
        raise click.UsageError(f"there is no pass `{after}`; {hint}")
    analysis = analyze(path)
    report = Report([found for found in analysis.diagnostics if is_failing([found])], [path])
    report.show("text", text_to="stderr")
    text = api.stage_text(analysis, stage, int(level), after)
    if text is None:
        say(f"`{shown(path)}` does not get as far as the {stage} stage")
        return report.exit_code() or exits.FINDINGS
    put(text)
    return report.exit_code()
