"""Holds past runs against the quality gates before a deploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from compiler import api
from compiler.cli.profile import find_traces
from compiler.cli.terminal import say, shown

if TYPE_CHECKING:
    from compiler.api import Analysis
    from compiler.profile.trace import Trace

_MOST = 200


def are_gates_kept(analysis: Analysis, path: Path, source: str | None) -> bool:
    """Show the figures, and return whether the deploy may go on.

    Only runs that began after the workflow was last changed count: older ones say nothing of this one.

    Args:
        source: where the traces of past runs are, as `agentc profile --from` takes it.
    """
    rules = api.gates(analysis)
    if not rules.gates or analysis.workflow is None:
        return True
    from compiler.deploy.gates import judge, runs_that_count, table

    config, package = analysis.workflow.config, analysis.workflow.package
    traces = _traces(package, source, config.tracing.experiment)
    files = [each for each in (path, *analysis.seen) if each.is_file()]
    runs = runs_that_count(traces, max(each.stat().st_mtime for each in files))
    verdicts = judge(rules.gates, runs)
    where = f"in `{shown(source or f'.agentc/traces/{package}.jsonl')}`"
    plural = "" if len(runs) == 1 else "s"
    say(f"gates: {len(runs)} run{plural} since the workflow was changed, {where}")
    for line in table(verdicts):
        say(line)
    if all(each.is_kept for each in verdicts):
        return True
    if rules.on_fail == "warn":
        say("warning: quality gates are not kept")
        return True
    if runs:
        say("error: quality gates keep this from being deployed")
        say("help: `--skip-gates` deploys all the same")
    else:
        older = len(runs_that_count(traces, 0.0))
        known = f"; {older} older ones do not count" if older else ""
        say(f"error: there is nothing to judge the quality gates by: no real run {where}{known}")
        say(f"help: `agentc run {shown(str(path))} …` from here, then deploy, or `--skip-gates`")
    return False


def _traces(package: str, source: str | None, experiment: str) -> tuple[Trace, ...]:
    from compiler.profile.trace import Unreadable

    try:
        return find_traces(package, source, experiment, _MOST).traces
    except Unreadable as error:
        if source is not None:
            say(f"warning: {error}; {error.help}")
        return ()
