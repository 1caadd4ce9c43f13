"""`agentc graph`: a workflow drawn."""

from __future__ import annotations

from typing import Literal

import click

from compiler.cli import exits
from compiler.cli.reporting import Report, is_failing
from compiler.cli.sources import analyze
from compiler.cli.terminal import put, say, shown

_EPILOG = """\b
Examples:
  agentc graph flow.yaml                         Mermaid text, which GitHub draws
  agentc graph flow.yaml --format svg > flow.svg
  agentc graph flow.yaml --waves                 what runs side by side, and the longest way
  agentc graph flow.yaml --format dot | dot -Tpng > flow.png
"""


@click.command("graph", epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(allow_dash=True))
@click.option(
    "--format",
    "format",
    type=click.Choice(["mermaid", "dot", "svg", "json"]),
    default="mermaid",
    show_default=True,
    help="The text to print; svg needs nothing else to be looked at.",
)
@click.option(
    "--waves",
    is_flag=True,
    help="Draw the optimized workflow: what can run at the same time, and the longest way.",
)
def command(path: str, format: Literal["mermaid", "dot", "svg", "json"], waves: bool) -> int:
    """Draw a workflow: nodes, and edges with their conditions and bounds.

    A workflow with mistakes is drawn as far as it is understood; the mistakes are reported on stderr.
    """
    from compiler import api
    from compiler.cli.drawing import render_dot, render_json, render_svg

    analysis = analyze(path)
    report = Report([found for found in analysis.diagnostics if is_failing([found])], [path])
    report.show("text", text_to="stderr")
    picture, mermaid = api.picture(analysis, waves=waves), api.mermaid_text(analysis, waves=waves)
    if picture is None or mermaid is None:
        say(f"`{shown(path)}` holds nothing that can be drawn")
        return report.exit_code() or exits.FINDINGS
    if format == "mermaid":
        put(mermaid)
    else:
        renderers = {"dot": render_dot, "svg": render_svg, "json": render_json}
        put(renderers[format](picture))
    return report.exit_code()
