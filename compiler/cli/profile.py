"""`agentc profile`: where the time and the money of past runs went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from compiler.cli import exits
from compiler.cli.reporting import Report, is_failing
from compiler.cli.sources import STDIN, analyze
from compiler.cli.terminal import put, say, shown
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.profile.trace import Found, Trace, Unreadable
    from compiler.profile.visits import Ancestors

Format = Literal["text", "json", "svg", "html"]

_EPILOG = """\b
Examples:
  agentc profile flow.yaml                                  the runs traced in this folder
  agentc profile flow.yaml --format html -o profile.html    figures, advice and a picture
  agentc profile flow.yaml --trace tr-71530c --format svg > run.svg
  agentc profile flow.yaml --from http://127.0.0.1:5000     the runs an MLflow server knows
  agentc profile flow.yaml --from sqlite:///mlflow.db
"""


@click.command("profile", epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path())
@click.option(
    "--from",
    "source",
    metavar="URI",
    help="MLflow's server (http://…) or database (sqlite:///…), or a `.jsonl` file of traces; "
    "without it `.agentc/traces/` in this folder.",
)
@click.option("--experiment", metavar="NAME", help="With a server: the experiment, if not FILE's.")
@click.option(
    "--last", "most", type=click.IntRange(1), default=100, show_default=True, help="Runs to read."
)
@click.option("--trace", "trace", metavar="ID", help="One run only: its trace, or how that begins.")
@click.option("--simulated", is_flag=True, help="Read simulated runs too, which take no time.")
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json", "svg", "html"]),
    default="text",
    show_default=True,
    help="svg draws one run, html everything; both load nothing from anywhere.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of stdout.")
@click.option(
    "-O", "level", type=click.Choice(["0", "1"]), default="1", help="As the package was built."
)
def command(
    path: str,
    source: str | None,
    experiment: str | None,
    most: int,
    trace: str | None,
    simulated: bool,
    format: Format,
    output: str | None,
    level: str,
) -> int:
    """Say where the time and the money of past runs went, and what would help.

    Per node: how often it ran, its median and 95th percentile, its share of the critical path (the steps that
    decided how long a run took) and its cost. FILE is the workflow whose runs are meant.
    """
    from compiler import api

    analysis = analyze(path)
    report = Report([found for found in analysis.diagnostics if is_failing([found])], [path])
    report.show("text", text_to="stderr")
    if analysis.workflow is None:
        return report.exit_code() or exits.FINDINGS
    asked = _Asked(
        analysis.workflow.package,
        source,
        experiment or analysis.workflow.config.tracing.experiment,
        most if trace is None else max(most, 10_000),
        trace,
        simulated,
    )
    return show_profile(asked, api.ancestors(analysis, int(level)), format, output)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which runs are meant."""

    package: str
    source: str | None
    experiment: str
    most: int
    trace: str | None
    with_simulated: bool


def say_profile_since(started: int, package: str, path: str, level: int) -> None:
    """Say on stderr where the time of a run went that has just ended.

    Args:
        started: nanoseconds since the epoch, before the run began.
        path: its workflow file.
        level: as it was built.
    """
    from compiler import api
    from compiler.profile.measure import measure
    from compiler.profile.text import profile_text
    from compiler.profile.trace import Unreadable

    try:
        found = _found(_Asked(package, None, "", 1, None, True))
    except Unreadable as error:
        _fail(error)
        return
    own = [each for each in found.traces if each.root.end >= started][-1:]
    if not own:
        say(
            "error: the run left no trace: is `observability.mlflow.enabled` false, or OTEL_SDK_DISABLED set?"
        )
        return
    before = api.ancestors(analyze(path), level) if path != STDIN else None
    say("\n" + profile_text(measure(own, before)).rstrip())


def show_profile(
    asked: _Asked, ancestors: Ancestors | None, format: Format, output: str | None
) -> int:
    """Read the runs and print what they say; return the exit code."""
    from compiler.profile.trace import Unreadable

    try:
        found = _found(asked)
        traces = _chosen(found, asked)
    except Unreadable as error:
        return _fail(error)
    if found.unreadable:
        say(f"warning: {found.unreadable} traces could not be read and are left out")
    text = _text(traces, ancestors, format)
    if output is None:
        put(text)
        return exits.OK
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        say(f"error: cannot write `{shown(output)}`: {(error.strerror or str(error)).lower()}")
        return exits.FINDINGS
    say(f"wrote {shown(output)}")
    return exits.OK


def _text(traces: tuple[Trace, ...], ancestors: Ancestors | None, format: Format) -> str:
    from compiler.profile.measure import measure

    if format == "svg":
        from compiler.profile.gantt import gantt_svg, typical

        return gantt_svg(typical(traces), ancestors)
    profile = measure(traces, ancestors)
    if format == "text":
        from compiler.profile.text import profile_text

        return profile_text(profile)
    from compiler.profile.report import profile_html, profile_json

    return profile_json(profile) if format == "json" else profile_html(profile, traces, ancestors)


def _found(asked: _Asked) -> Found:
    return find_traces(asked.package, asked.source, asked.experiment, asked.most)


def find_traces(package: str, source: str | None, experiment: str, most: int) -> Found:
    """Read the traces of a place.

    Args:
        source: MLflow's server or database, or a file of traces; None is that of the current folder.
        experiment: where they are on a server.
        most: how many, the last ones, where many may be stored.

    Raises:
        Unreadable: there are none to be had.
    """
    if source is not None and source.startswith(("http://", "https://")):
        from compiler.profile.sources.mlflow_server import read_server

        return read_server(source, experiment, package, most)
    if source is not None and source.startswith("sqlite:///"):
        from compiler.profile.sources.mlflow_database import read_database

        return read_database(Path(source.removeprefix("sqlite:///")), package, most)
    from compiler.profile.sources.spool import read_spool

    default = Path(".agentc/traces") / f"{package}.jsonl"
    return read_spool(Path(source) if source is not None else default)


def _chosen(found: Found, asked: _Asked) -> tuple[Trace, ...]:
    """Return the runs that are meant, at least one."""
    from compiler.profile.trace import Unreadable

    if asked.trace is not None:
        wanted = asked.trace.removeprefix("tr-")
        named = [each for each in found.traces if each.id.startswith(wanted)]
        if len(named) != 1:
            raise Unreadable(
                f"{'no trace begins' if not named else 'several traces begin'} with `{asked.trace}`",
                "a run prints the id of its trace when it begins",
            )
        return tuple(named)
    real = [each for each in found.traces if asked.with_simulated or not each.is_simulated]
    if not real:
        raise Unreadable(
            (
                f"all {len(found.traces)} runs of `{asked.package}` there were simulated"
                if found.traces
                else f"there are no runs of `{asked.package}` there"
            ),
            "`--simulated` reads them too" if found.traces else "run the workflow first",
        )
    return tuple(real[-asked.most :])


def _fail(error: Unreadable) -> int:
    say(f"error: {error}")
    say(f"help: {error.help}")
    return exits.FINDINGS
