"""`agentc explain`: what a diagnostic code means, with a wrong and a right sample."""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem

from compiler.assets import asset_folder
from compiler.cli import exits
from compiler.cli.terminal import put
from compiler.diagnostics.codes import CODES
from compiler.diagnostics.explain import explain
from compiler.diagnostics.nearest import nearest

_EPILOG = """\b
Examples:
  agentc explain AC531
  agentc explain route-gap
  agentc explain --list
  agentc explain --plan flow.yaml
"""


def _complete(_: click.Context, __: click.Parameter, start: str) -> list[CompletionItem]:
    return [
        CompletionItem(code.code, help=code.summary)
        for code in CODES.values()
        if code.code.startswith(start.upper())
    ]


@click.command("explain", epilog=_EPILOG)
@click.argument("code", required=False, shell_complete=_complete)
@click.option("--list", "wants_list", is_flag=True, help="List all codes.")
@click.option(
    "--plan",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Say what the optimizer does to a workflow, why, and how it runs then, instead.",
)
def command(code: str | None, wants_list: bool, plan: str | None) -> int:
    """Say what a diagnostic CODE means: its cause, a wrong sample and a right one."""
    if plan is not None:
        return _explain_plan(plan)
    if wants_list:
        for each in CODES.values():
            put(f"{each.code}  {each.severity:<8} {each.slug}: {each.summary}\n")
        return exits.OK
    if code is None:
        raise click.UsageError("name a code, such as AC531, or ask for the --list")
    found = _find(code)
    text = explain(found, _page(found)) if found is not None else None
    if text is None:
        near = nearest(code.upper(), CODES) or nearest(code, [each.slug for each in CODES.values()])
        hint = f"did you mean `{near}`?" if near else "`agentc explain --list` lists them"
        raise click.UsageError(f"there is no code `{code}`; {hint}")
    put(text)
    return exits.OK


def _explain_plan(path: str) -> int:
    from compiler import api
    from compiler.cli.reporting import Report, is_failing
    from compiler.cli.sources import analyze

    analysis = analyze(path)
    report = Report([found for found in analysis.diagnostics if is_failing([found])], [path])
    report.show("text", text_to="stderr")
    text = api.plan_text(analysis)
    if text is not None:
        put(text)
    return report.exit_code()


def _find(text: str) -> str | None:
    """Return the code that is meant: `AC531`, `ac531`, `531` or its slug."""
    digits = re.fullmatch(r"(?:AC)?(\d{3})", text.strip(), re.IGNORECASE)
    if digits is not None:
        code = f"AC{digits.group(1)}"
        return code if code in CODES else None
    return next((each.code for each in CODES.values() if each.slug == text.strip()), None)


def _page(code: str) -> str | None:
    try:
        return (asset_folder("errors") / f"{code}.md").read_text(encoding="utf-8")
    except OSError:
        return None
