"""Holds past runs against the quality gates before a deploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from compiler import api
from compiler.cli.terminal import say, shown
from compiler.deploy.gates import judge, past_runs, table, trace_file

if TYPE_CHECKING:
    from compiler.api import Analysis


def are_gates_kept(analysis: Analysis, path: Path, package: str) -> bool:
    """Show the figures, and return whether the deploy may go on."""
    rules = api.gates(analysis)
    if not rules.gates:
        return True
    file = trace_file(Path(), package)
    changed = max(each.stat().st_mtime for each in (path, *analysis.seen) if each.is_file())
    runs = past_runs(file, changed)
    verdicts = judge(rules.gates, runs)
    where = f"in `{shown(str(file))}`"
    count = (
        f"{len(runs)} run{'' if len(runs) == 1 else 's'} since the workflow was changed, {where}"
    )
    say(f"gates: {count}")
    for line in table(verdicts):
        say(line)
    if all(each.is_kept for each in verdicts):
        return True
    if rules.on_fail == "warn":
        say("warning: quality gates are not kept")
        return True
    older = len(past_runs(file, 0.0)) - len(runs)
    if not runs:
        known = f"; {older} older ones do not count" if older else ""
        say(f"error: there is nothing to judge the quality gates by: no real run {where}{known}")
        say(f"help: `agentc run {shown(str(path))} …` from here, then deploy, or `--skip-gates`")
    else:
        say("error: quality gates keep this from being deployed")
        say("help: `--skip-gates` deploys all the same")
    return False
