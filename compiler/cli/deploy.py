"""`agentc deploy`: from a workflow to a server that runs, or to the files for one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal

import click
from click.shell_completion import CompletionItem

from compiler.cli import exits
from compiler.cli.lazy import LazyCommand
from compiler.cli.terminal import say
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.deploy.problem import DeployError

_EPILOG = """\b
Deployments that exist:
  agentc deploy status [NAME|FILE]             how they stand
  agentc deploy logs NAME|FILE [--follow]      what one writes
  agentc deploy stop NAME|FILE [--volumes]     its end

\b
Examples:
  agentc deploy flow.yaml                                   a container on this machine
  agentc deploy flow.yaml --target compose --env-file .env  with MLflow, and databases if it uses them
  agentc deploy flow.yaml --target kubernetes -o out        files for kubectl apply --kustomize
  agentc deploy flow.yaml --target compose --generate-only -o out
"""
_MANAGING: Final[Mapping[str, LazyCommand]] = {
    "status": LazyCommand("compiler.cli.deploy_manage", "How deployments stand."),
    "logs": LazyCommand("compiler.cli.deploy_manage", "What a deployment writes."),
    "stop": LazyCommand("compiler.cli.deploy_manage", "Stop a deployment."),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    path: str
    target: Literal["docker", "compose", "kubernetes"]
    output: str | None
    generate_only: bool
    port: str | None
    env_file: str | None
    name: str | None
    image: str | None
    job: bool
    input_file: str | None
    gates_from: str | None
    skip_gates: bool
    force: bool


class _Deploy(click.Command):
    """A command with a FILE, under which three others stand by their names: `deploy status` is no file."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Give the context of the command that the first word names, else of this one."""
        if args and args[0] in _MANAGING:
            managing = getattr(import_module(_MANAGING[args[0]].module), args[0])
            name = f"{info_name} {args[0]}"
            context: click.Context = managing.make_context(name, args[1:], parent, **extra)
            return context
        return super().make_context(info_name, args, parent, **extra)


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the three names besides files."""
    names = [
        CompletionItem(name, help=found.help)
        for name, found in _MANAGING.items()
        if name.startswith(incomplete)
    ]
    return [*names, CompletionItem(incomplete, type="file")]


@click.command("deploy", cls=_Deploy, epilog=_EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(), shell_complete=_complete)
@click.option(
    "--target",
    type=click.Choice(["docker", "compose", "kubernetes"]),
    default="docker",
    show_default=True,
    help="docker: one container on this engine. compose: with MLflow, PostgreSQL and Redis as the "
    "workflow needs them. kubernetes: writes a kustomize base and overlays.",
)
@click.option("--generate-only", is_flag=True, help="Write the files, run nothing.")
@click.option(
    "-o", "--output", metavar="FOLDER", type=click.Path(), help="Where the project is written."
)
@click.option(
    "--port",
    metavar="[ADDRESS:]PORT",
    help="Where the server is reached (default: 8000 on this machine only; 0 takes a free one).",
)
@click.option(
    "--env-file",
    metavar="FILE",
    type=click.Path(),
    help="NAME=value lines that go before the environment.",
)
@click.option("--name", metavar="NAME", help="What the deployment is called (default: the flow).")
@click.option("--image", metavar="IMAGE", help="What the image is called.")
@click.option("--job", is_flag=True, help="kubernetes: a Job that runs once, no server.")
@click.option(
    "--input-file", metavar="FILE", type=click.Path(), help="The inputs of --job, as JSON."
)
@click.option(
    "--gates-from",
    metavar="URI",
    help="Past runs for the quality gates, as in `profile --from` (default: those of this folder).",
)
@click.option("--skip-gates", is_flag=True, help="Deploy whatever the quality gates say.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were changed by hand.")
def command(
    path: str,
    target: Literal["docker", "compose", "kubernetes"],
    generate_only: bool,
    output: str | None,
    port: str | None,
    env_file: str | None,
    name: str | None,
    image: str | None,
    job: bool,
    input_file: str | None,
    gates_from: str | None,
    skip_gates: bool,
    force: bool,
) -> int:
    """Build a workflow's image and run it as a server, or write the files for that.

    The server takes runs over HTTP with the key in AGENTC_API_KEY; one is made if there is none. Keys come
    from the environment or --env-file and are written nowhere else. A deployment of the same name is replaced
    once the new one is healthy. What fails leaves nothing behind.

    Exits with 1 when the deployment cannot be made or a quality gate blocks it.
    """
    writes_only = generate_only or target == "kubernetes"
    if writes_only and output is None:
        raise click.UsageError("files are written with `-o FOLDER`")
    if job and target != "kubernetes":
        raise click.UsageError("--job goes with --target kubernetes")
    if input_file is not None and not job:
        raise click.UsageError("--input-file goes with --job")
    if force and output is None:
        raise click.UsageError("--force goes with -o")
    if path == "-":
        raise click.UsageError("a deployment needs a FILE")
    from compiler.cli.deploy_make import deploy
    from compiler.deploy.problem import DeployError

    wish = Wish(
        path,
        target,
        output,
        writes_only,
        port,
        env_file,
        name,
        image,
        job,
        input_file,
        gates_from,
        skip_gates,
        force,
    )
    try:
        return deploy(wish)
    except DeployError as error:
        return tell(error)


def tell(error: DeployError) -> int:
    """Say what kept a deployment from being made, and return the exit code."""
    for line in error.log.splitlines():
        say(f"  | {line}")
    say(f"error: {error.message}")
    if error.help:
        say(f"help: {error.help}")
    return exits.USAGE if error.is_usage else exits.FINDINGS
