"""The facade that the command line, the studio and other programs use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.driver import Analysis, analyze, emit, plan
from compiler.files import Folder
from compiler.plan.files import Kind
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.deployment import Gates, Needs
    from compiler.ir.schedule import Schedule
    from compiler.ir.workflow import Workflow
    from compiler.plan.kubernetes import Kubernetes
    from compiler.plan.picture import Picture
    from compiler.stage_text import Stage

__all__ = [
    "Analysis",
    "Built",
    "GeneratedFile",
    "ancestors",
    "build",
    "check",
    "check_bytes",
    "deploy_findings",
    "deploy_needs",
    "deployment_name",
    "gates",
    "kubernetes_options",
    "mermaid_text",
    "pass_names",
    "picture",
    "plan_text",
    "schema_text",
    "stage_text",
]

_MOST: Final = 16 * 1024 * 1024
"""Bytes that are read of a file: more than a workflow may have, and an end for files that have none."""


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file of a generated project; `reason` says what needs it."""

    text: str
    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Built:
    """A generated project in memory; `files` is empty when the workflow has errors.

    `done` says in sentences what the optimizer did, `optimizer` says it for programs (see `stage_text`).
    """

    analysis: Analysis
    package: str
    files: Mapping[str, GeneratedFile]
    done: tuple[str, ...] = ()
    optimizer: Mapping[str, object] = field(default_factory=dict)


def check(path: Path) -> Analysis:
    """Analyze a workflow file; one that cannot be read gives AC111."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST)
    except OSError as error:
        sink = Sink()
        span = Span(SourceFile(str(path), ""), 0, 0)
        sink.report(
            "AC111",
            span,
            f"cannot read `{path}`: {(error.strerror or str(error)).lower()}",
            help=_near_file(path),
        )
        return Analysis(None, None, None, None, sink.diagnostics)
    return check_bytes(str(path), data, path.parent)


def _near_file(path: Path) -> str | None:
    from compiler.diagnostics.nearest import nearest

    near = nearest(path.name, Folder(path.parent).siblings(path.name))
    return None if near is None else f"did you mean `{path.with_name(near)}`?"


def check_bytes(name: str, data: bytes, folder: Path) -> Analysis:
    """Analyze the bytes of a workflow file called `name` as if it stood in `folder`."""
    return analyze(name, data, Folder(folder))


def build(
    analysis: Analysis,
    level: int = 1,
    *,
    with_server: bool = False,
    kubernetes: Kubernetes | None = None,
) -> Built:
    """Generate the project of an analyzed workflow, in memory.

    Args:
        level: 1 optimizes, 0 does not.
        with_server: generate the command `serve` even if no trigger needs it.
        kubernetes: generate the files for Kubernetes too.
    """
    if analysis.workflow is None or analysis.has_errors:
        return Built(analysis, "", {})
    planned = plan(analysis.workflow, level, with_server=with_server, kubernetes=kubernetes)
    texts = emit(planned.plan)
    files = {
        file.path: GeneratedFile(texts[file.path], file.kind, file.reason)
        for file in planned.plan.files
    }
    from compiler.stage_text import optimizer_record, sentences

    done = sentences(planned.reports, planned.gain)
    record = optimizer_record(planned.reports, planned.gain)
    return Built(analysis, planned.plan.package, files, done, record)


def ancestors(analysis: Analysis, level: int = 1) -> Mapping[str, frozenset[str]] | None:
    """Return for each node the nodes that it may have to wait for; None for a workflow with errors.

    Args:
        level: as it was built: 1 optimizes, 0 does not.
    """
    from compiler.ir.ancestors import ancestors_of
    from compiler.passes.optimize import optimize

    if analysis.workflow is None or analysis.has_errors:
        return None
    workflow = optimize(analysis.workflow)[0] if level > 0 else analysis.workflow
    return {
        str(node): frozenset(map(str, before)) for node, before in ancestors_of(workflow).items()
    }


def deploy_needs(analysis: Analysis) -> Needs | None:
    """Return what a deployment of a workflow needs; None for one with errors."""
    from compiler.deployment import needs

    if analysis.workflow is None or analysis.has_errors:
        return None
    return needs(analysis.workflow)


def deploy_findings(analysis: Analysis) -> list[Diagnostic]:
    """Return what in a workflow cannot work in a container."""
    from compiler.deployment import findings

    return findings(analysis.workflow) if analysis.workflow is not None else []


def gates(analysis: Analysis) -> Gates:
    """Return the quality gates of a workflow."""
    from compiler.deployment import Gates, gates

    return gates(analysis.spec) if analysis.spec is not None else Gates()


def deployment_name(package: str) -> str:
    """Return what a deployment of a package is called unless somebody says otherwise."""
    from compiler.plan.compose import deployment_name

    return deployment_name(package)


def kubernetes_options(
    name: str, image: str, job_inputs: Mapping[str, object] | None = None
) -> Kubernetes:
    """Return what `build` takes to generate the files for Kubernetes; see `compiler.plan.kubernetes`.

    Raises:
        ValueError: `image` is no name of an image.
    """
    from compiler.plan.kubernetes import Kubernetes, image_name

    return Kubernetes(name=name, image=image_name(image), job_inputs=job_inputs)


def picture(analysis: Analysis, *, waves: bool = False) -> Picture | None:
    """Return a workflow as boxes and arrows, None when mistakes left nothing to draw.

    Args:
        waves: the optimized workflow with its waves and its longest way; None if it has errors.
    """
    from compiler.plan.picture import picture

    workflow, times = _drawn(analysis, waves=waves)
    return picture(workflow, times) if workflow is not None else None


def mermaid_text(analysis: Analysis, *, waves: bool = False) -> str | None:
    """Return a workflow as Mermaid text; see `picture`."""
    from compiler.plan.diagram import mermaid

    workflow, times = _drawn(analysis, waves=waves)
    return mermaid(workflow, times) if workflow is not None else None


def _drawn(analysis: Analysis, *, waves: bool) -> tuple[Workflow | None, Schedule | None]:
    if not waves or analysis.workflow is None:
        return analysis.workflow, None
    if analysis.has_errors:
        return None, None
    from compiler.ir.schedule import schedule
    from compiler.passes.optimize import optimize

    workflow = optimize(analysis.workflow)[0]
    return workflow, schedule(workflow)


def plan_text(analysis: Analysis) -> str | None:
    """Say what the optimizer does to a workflow, and how the result runs; None if it has errors."""
    from compiler.stage_text import plan_text

    return None if analysis.has_errors else plan_text(analysis)


def schema_text() -> str:
    """Return the JSON Schema of the language."""
    from compiler.spec.export import schema_text

    return schema_text()


def stage_text(
    analysis: Analysis, stage: Stage, level: int = 1, after: str | None = None
) -> str | None:
    """Return what a stage made of a workflow, as text; see `compiler.stage_text`."""
    from compiler.stage_text import stage_text

    return stage_text(analysis, stage, level, after)


def pass_names() -> tuple[str, ...]:
    """Return the names of the passes and rewrites that `stage_text` knows."""
    from compiler.stage_text import pass_names

    return pass_names()
