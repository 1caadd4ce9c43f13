"""`agentc deploy status|logs|stop`: deployments that exist."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli import exits
from compiler.cli.deploy import tell
from compiler.cli.terminal import put, say

if TYPE_CHECKING:
    from compiler.deploy.containers import Container
    from compiler.deploy.docker import Docker


@click.command("status")
@click.argument("which", metavar="[NAME|FILE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def status(which: str | None, as_json: bool) -> int:
    """Show how deployments on this machine's Docker engine stand: all, or one.

    Exits with 1 when one that is named is not healthy.
    """
    return _guarded(lambda docker: _status(docker, which, as_json=as_json))


@click.command("logs")
@click.argument("which", metavar="NAME|FILE")
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
@click.option("--tail", type=click.IntRange(0), metavar="N", help="Only the last N lines.")
def logs(which: str, follow: bool, tail: int | None) -> int:
    """Show what a deployment writes."""
    return _guarded(lambda docker: _logs(docker, which, follow=follow, tail=tail))


@click.command("stop")
@click.argument("which", metavar="NAME|FILE")
@click.option(
    "--volumes",
    is_flag=True,
    help="Delete its data, the keys that were made for it, and its image.",
)
def stop(which: str, volumes: bool) -> int:
    """Stop a deployment. Runs that go on have 30 s to end; what is left goes on after the next deploy.

    Its data stay unless you say --volumes.
    """
    return _guarded(lambda docker: _stop(docker, which, volumes=volumes))


def _guarded(action: Callable[[Docker], int]) -> int:
    from compiler.deploy.docker import Docker
    from compiler.deploy.problem import DeployError

    try:
        docker = Docker()
        docker.check()
        return action(docker)
    except DeployError as error:
        return tell(error)


def _status(docker: Docker, which: str | None, *, as_json: bool) -> int:
    from compiler.deploy.containers import find_deployments
    from compiler.deploy.running import describe

    found = find_deployments(docker) if which is None else _chosen(docker, which)
    rows = describe(docker, found)
    if as_json:
        put(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    elif not rows:
        say("there are no deployments on this engine")
    else:
        lines = [("NAME", "TARGET", "STATUS", "HEALTH", "URL")]
        lines += [(row.name, row.target, row.status, row.health, row.url or "-") for row in rows]
        widths = [max(len(line[column]) for line in lines) for column in range(5)]
        for line in lines:
            cells = (text.ljust(width) for text, width in zip(line, widths, strict=True))
            put("  ".join(cells).rstrip() + "\n")
    is_well = all(row.health == "healthy" for row in rows)
    return exits.OK if which is None or is_well else exits.FINDINGS


def _logs(docker: Docker, which: str, *, follow: bool, tail: int | None) -> int:
    from compiler.deploy.running import logs as show

    [container, *_] = _chosen(docker, which)
    options = ["--follow"] if follow else []
    options += [] if tail is None else ["--tail", str(tail)]
    return show(docker, container, options)


def _stop(docker: Docker, which: str, *, volumes: bool) -> int:
    from compiler.deploy.running import stop as end

    found = _chosen(docker, which)
    name = found[0].deployment
    say(f"{name}: stopping, runs that go on have 30 s")
    end(docker, name, found, with_volumes=volumes)
    say(f"{name}: stopped" + (", its data are deleted" if volumes else "; its data stay"))
    return exits.OK


def _chosen(docker: Docker, which: str) -> list[Container]:
    """Return the containers of the deployment that a name or the path of a workflow means."""
    from compiler.deploy.containers import choose, find_deployments

    found = find_deployments(docker)
    package = None
    if which not in {each.deployment for each in found} and Path(which).is_file():
        from compiler.cli.sources import analyze

        workflow = analyze(which).workflow
        package = workflow.package if workflow is not None else None
    return choose(found, which, package)
