"""`agentc resume`: goes on with a run that was cut off, failed or waits for a person."""

from __future__ import annotations

import click

_EPILOG = """\b
Examples:
  agentc resume flow.yaml --thread 7f3a --answer yes
  agentc resume flow.yaml --thread 7f3a --answer review=yes --answer legal=no

Run it in the folder where the run was started: that is where checkpoints are, unless the workflow names a
place for them.
"""


@click.command("resume", epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(allow_dash=True))
@click.option("--thread", metavar="ID", required=True, help="The name of the run.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="TEXT",
    help="The answer to its question; NODE=TEXT where several are open.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--stream", is_flag=True, help="Show what models write as it comes.")
@click.option("--verbose", is_flag=True, help="Show every call, and tracebacks.")
@click.option(
    "-O", "level", type=click.Choice(["0", "1"]), default="1", show_default=True, help="See build."
)
def command(
    path: str,
    thread: str,
    answers: tuple[str, ...],
    as_json: bool,
    stream: bool,
    verbose: bool,
    level: str,
) -> int:
    """Go on with a saved run of a workflow."""
    from compiler.cli.cached import build_cached
    from compiler.cli.child import execute

    build = build_cached(path, level=int(level), as_json=as_json)
    if isinstance(build, int):
        return build
    if not build.is_durable:
        raise click.UsageError("the runs of this workflow are not saved")
    flags = {"--json": as_json, "--stream": stream, "--verbose": verbose}
    arguments = [
        "resume",
        f"--thread={thread}",
        *(f"--answer={each}" for each in answers),
        *(name for name, is_set in flags.items() if is_set),
    ]
    return execute(build, path, arguments)
