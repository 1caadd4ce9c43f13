"""`agentc run`: builds into the cache and runs what was built."""

from __future__ import annotations

import os
import time

import click

_EPILOG = """\b
Examples:
  agentc run flow.yaml -i topic="green tea" --simulate
  agentc run flow.yaml -i topic=tea -i count=3 --json
  agentc run flow.yaml --input-file inputs.json
  agentc run flow.yaml -i text=@article.txt --stream
  agentc run flow.yaml -i topic=tea --profile

Exits with 4 when the run waits for a person (`agentc resume` goes on), with 5 when its budget is used up.
"""


@click.command("run", epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(allow_dash=True))
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    metavar="KEY=VALUE",
    help="An input: text for `str`, YAML for other types; KEY=@FILE reads a file.",
)
@click.option("--input-file", metavar="FILE", help="All inputs, as JSON or YAML; `-` reads stdin.")
@click.option("--simulate", is_flag=True, help="Make answers up instead of calling models.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--stream", is_flag=True, help="Show what models write as it comes.")
@click.option("--verbose", is_flag=True, help="Show every call, and tracebacks.")
@click.option("--profile", is_flag=True, help="Say afterwards where the time and the money went.")
@click.option("--thread", metavar="ID", help="The name of a saved run.")
@click.option("--session", metavar="NAME", help="The memory this run shares.")
@click.option("--user", metavar="NAME", help="Whom it is for, as its trace names them.")
@click.option(
    "-O", "level", type=click.Choice(["0", "1"]), default="1", show_default=True, help="See build."
)
def command(
    path: str,
    inputs: tuple[str, ...],
    input_file: str | None,
    simulate: bool,
    as_json: bool,
    stream: bool,
    verbose: bool,
    profile: bool,
    thread: str | None,
    session: str | None,
    user: str | None,
    level: str,
) -> int:
    """Build a workflow into a cache and run it.

    Relative paths, those of checkpoints and memory too, are relative to the current folder.
    """
    from compiler.cli.cached import build_cached
    from compiler.cli.child import execute

    if path == "-" and input_file == "-":
        raise click.UsageError("the workflow and the inputs cannot both come from stdin")
    build = build_cached(path, level=int(level), as_json=as_json)
    if isinstance(build, int):
        return build
    if thread is not None and not build.is_durable:
        raise click.UsageError(
            "--thread: the runs of this workflow are not saved; "
            "`config: {execution: {checkpoint: sqlite}}` saves them"
        )
    if build.is_durable and thread is None:
        thread = os.urandom(6).hex()
    given = {
        "--input-file": input_file,
        "--thread": thread,
        "--session": session,
        "--user": user,
    }
    flags = {"--simulate": simulate, "--json": as_json, "--stream": stream, "--verbose": verbose}
    arguments = [
        "run",
        *(f"--input={each}" for each in inputs),
        *(f"{name}={value}" for name, value in given.items() if value is not None),
        *(name for name, is_set in flags.items() if is_set),
    ]
    started = time.time_ns()
    code = execute(build, path, arguments)
    if profile:
        from compiler.cli.profile import say_profile_since

        say_profile_since(started, build.package, path, int(level))
    return code
