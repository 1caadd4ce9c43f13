"""Makes a deployment: the project, its gates, its variables, and then the target."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from compiler import api
from compiler.cli import exits
from compiler.cli.build import Order as BuildOrder
from compiler.cli.build import write
from compiler.cli.cache import build_key, cache_folder, prune
from compiler.cli.cached import store
from compiler.cli.deploy_gates import are_gates_kept
from compiler.cli.output import summary
from compiler.cli.project import Project, make_project
from compiler.cli.reporting import Report, is_failing, without_notes
from compiler.cli.sources import analyze
from compiler.cli.terminal import put, say, shown
from compiler.deploy.order import Order, Port, check_name, read_port
from compiler.deploy.problem import DeployError
from compiler.write import MANIFEST

if TYPE_CHECKING:
    from compiler.cli.deploy import Wish
    from compiler.deployment import Needs
    from compiler.plan.kubernetes import Kubernetes


def deploy(wish: Wish) -> int:
    """Make a deployment, or write its files; return the exit code.

    Raises:
        DeployError: it cannot be made; nothing is left of it.
    """
    analysis = analyze(wish.path)
    needs = api.deploy_needs(analysis)
    found = [*analysis.diagnostics, *api.deploy_findings(analysis)]
    if needs is None or is_failing(found):
        Report(found, [wish.path]).show("text", text_to="stderr")
        return Report(found, [wish.path]).exit_code() or exits.FINDINGS
    Report(without_notes(found), [wish.path]).show("text", text_to="stderr")
    name = check_name(wish.name or api.deployment_name(needs.package))
    port = read_port(wish.port) if wish.port is not None else None
    if wish.target == "kubernetes" and needs.has_workers and not needs.has_remote_state:
        raise DeployError(
            "on Kubernetes the workers of an engine run in several pods, which share no file",
            help="`config: {execution: {checkpoint: postgres}}`",
        )
    kubernetes = _kubernetes(wish, name) if wish.target == "kubernetes" else None
    if not wish.skip_gates and not are_gates_kept(analysis, Path(wish.path), wish.gates_from):
        return exits.FINDINGS
    project = make_project(wish.path, 1, analysis, with_server=True, kubernetes=kubernetes)
    if not project.files:
        bugs = Report([each for each in project.diagnostics if each not in found], [wish.path])
        bugs.show("text", text_to="stderr")
        return bugs.exit_code() or exits.FINDINGS
    if wish.generate_only:
        return _generate(wish, project, name)
    return _run(wish, project, needs, name, port)


def _kubernetes(wish: Wish, name: str) -> Kubernetes:
    inputs: object = {}
    if wish.input_file is not None:
        try:
            inputs = json.loads(Path(wish.input_file).read_bytes())
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or f"not JSON: {error}"
            raise DeployError(f"cannot read `{wish.input_file}`: {why}", is_usage=True) from None
    if not isinstance(inputs, dict):
        raise DeployError(f"`{wish.input_file}` must hold a JSON object", is_usage=True)
    image = wish.image or f"{name}:latest"
    try:
        return api.kubernetes_options(name, image, inputs if wish.job else None)
    except ValueError:
        raise DeployError(f"`{image}` cannot be the name of an image", is_usage=True) from None


def _generate(wish: Wish, project: Project, name: str) -> int:
    assert wish.output is not None, "the command line was checked"
    code = _write(wish, project)
    if code == exits.OK:
        for line in _next_commands(wish, name, wish.output):
            say(line)
    return code


def _write(wish: Wish, project: Project) -> int:
    assert wish.output is not None, "the command line was checked"
    order = BuildOrder(
        wish.path, wish.output, 1, "text", "write", False, wish.force, False, with_server=True
    )
    code, found, change_set = write(order, project)
    Report(found, [wish.path]).show("text", text_to="stderr")
    if code == exits.OK and change_set is not None:
        say(summary(change_set, wish.output))
    return code


def _next_commands(wish: Wish, name: str, output: str) -> list[str]:
    """What a person does with the files."""
    folder = shown(output)
    if wish.target == "kubernetes":
        return [f"next: {folder}/deploy/kubernetes/README.md says how to apply them"]
    if wish.target == "docker":
        return ["next:", f"  docker build --tag {wish.image or f'agentc/{name}'} {folder}"]
    lines = ["next:", f"  cd {folder}"]
    if (Path(output) / "compose.mlflow.yaml").exists():
        lines.append("  docker compose --file compose.mlflow.yaml up --detach --wait")
    return [*lines, "  docker compose up --detach --wait --build"]


def _run(wish: Wish, project: Project, needs: Needs, name: str, port: Port | None) -> int:
    from compiler.deploy.compose import check_compose, deploy_composition
    from compiler.deploy.container import deploy_container
    from compiler.deploy.docker import Docker
    from compiler.deploy.image import image_tag
    from compiler.deploy.undo import undone_unless_finished
    from compiler.deploy.variables import forget_keys, made_keys

    values = _values(wish, needs)
    Docker().check()
    if wish.target == "compose":
        check_compose(Docker())
    folder = _folder(wish, project)
    if isinstance(folder, int):
        return folder
    image = wish.image or f"agentc/{name}:{image_tag(folder)}"
    made = [key for key in _made_here(wish, needs) if not values.get(key)]
    with undone_unless_finished() as undo:
        keys, key_file, is_new = made_keys(name, made)
        if is_new:
            undo.add(lambda: forget_keys(name))
        values |= {key: keys[key] for key in made}
        order = Order(
            name,
            needs.package,
            folder,
            image,
            port,
            values,
            needs.has_remote_state or needs.has_queue_server,
            needs.has_workers,
        )
        say(f"{name}: building the image `{image}`")
        docker = Docker(values)
        if wish.target == "compose":
            extra = [each for each in values if each not in (*needs.variables, *made)]
            url = deploy_composition(docker, order, extra, undo)
        else:
            url = deploy_container(docker, order, undo)
    put(f"{url}\n")
    _tell_how_to_call(needs, url, key_file if "AGENTC_API_KEY" in made else None)
    return exits.OK


def _made_here(wish: Wish, needs: Needs) -> list[str]:
    """The keys that agentc makes if nobody gives them."""
    if wish.target != "compose" or needs.store is None:
        return ["AGENTC_API_KEY"]
    return ["AGENTC_API_KEY", "REDIS_PASSWORD" if needs.is_redis else "POSTGRES_PASSWORD"]


def _values(wish: Wish, needs: Needs) -> dict[str, str]:
    """Return what the container gets: what the workflow reads, what is commonly set, and all of the env file."""
    from compiler.deploy.compose import MLFLOW_ADDRESS
    from compiler.deploy.variables import (
        PASSED_ON,
        is_at_own_machine,
        missing,
        missing_keys,
        read_env_file,
    )

    given = read_env_file(Path(wish.env_file)) if wish.env_file is not None else {}
    known = {**os.environ, **given}
    beside = (needs.store,) if wish.target == "compose" else ()
    wanted = [name for name in needs.variables if name not in beside]
    lacking = missing(wanted, known)
    if lacking:
        raise missing_keys(lacking, wish.env_file)
    names = {*wanted, *PASSED_ON, *given} - {*beside}
    values = {name: known[name] for name in sorted(names) if known.get(name)}
    tracking = values.get("MLFLOW_TRACKING_URI", MLFLOW_ADDRESS)
    is_elsewhere = tracking.startswith(("http:", "https:")) and not is_at_own_machine(tracking)
    if wish.target == "compose" and needs.has_traces and not is_elsewhere:
        # What runs on this machine trace to, a file or a server here, is none to a container.
        values["MLFLOW_TRACKING_URI"] = MLFLOW_ADDRESS
    for name in [name for name, value in values.items() if is_at_own_machine(value)]:
        say(
            f"warning: `{name}` is an address of this machine; in a container that is the container"
        )
        say("help: `host.docker.internal` is this machine there")
    return values


def _folder(wish: Wish, project: Project) -> Path | int:
    """Write the project where it was asked for, else into the cache; return the folder, or an exit code."""
    if wish.output is not None:
        code = _write(wish, project)
        return Path(wish.output).resolve() if code == exits.OK else code
    source = project.analysis.source
    assert source is not None, "a workflow without errors has a source"
    cache = cache_folder()
    name = Path(source.path).name
    key = build_key(name, source.text.encode(), project.analysis.seen, 1)
    folder = cache / f"{key}-server"
    if not (folder / MANIFEST).is_file():
        failure = store(project, folder)
        if failure is not None:
            Report(failure, [wish.path]).show("text", text_to="stderr")
            return exits.FINDINGS
        prune(cache)
    return folder


def _tell_how_to_call(needs: Needs, url: str, key_file: Path | None) -> None:
    if key_file is not None:
        say(f"its key was made by agentc and is kept in `{shown(str(key_file))}`, for you only")
    say("try it:")
    if key_file is not None:
        say(f"  . '{shown(str(key_file))}'")
    inputs = json.dumps({"inputs": dict.fromkeys(needs.inputs, "…")}, ensure_ascii=False)
    say(f"  curl -H \"Authorization: Bearer $AGENTC_API_KEY\" --json '{inputs}' {url}/runs?wait=60")
