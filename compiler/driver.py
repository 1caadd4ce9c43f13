"""The ordered stages; the only file that knows the order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.diagnostics.diagnostic import Diagnostic, Severity
from compiler.diagnostics.ignore import MARKER, apply_ignores
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.files import Folder
from compiler.ir.workflow import Workflow
from compiler.lower import Children, lower
from compiler.passes import Analysis as Facts
from compiler.passes import estimate, run_passes
from compiler.plan.files import Plan
from compiler.record import dataclass
from compiler.spec import WorkflowSpec, read
from compiler.syntax import Mapping as Tree
from compiler.syntax import decode, find_comments, parse

if TYPE_CHECKING:
    from compiler.passes.gain import Gain
    from compiler.passes.report import Report
    from compiler.plan.kubernetes import Kubernetes


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analysing stages made of one workflow file, as far as they came."""

    source: SourceFile | None
    tree: Tree | None
    spec: WorkflowSpec | None
    workflow: Workflow | None
    diagnostics: tuple[Diagnostic, ...]
    seen: tuple[Path, ...] = ()
    """The files beside the workflow that were looked for, there or not."""

    @property
    def has_errors(self) -> bool:
        """Whether anything found keeps the workflow from being built."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)


def analyze(path: str, data: bytes, folder: Folder) -> Analysis:
    """Take a workflow file through syntax, spec, lowering and the passes.

    Args:
        path: as the user wrote it, for messages.
        data: the file's bytes.
        folder: the folder the file is in.
    """
    sink = Sink()
    source = decode(path, data, sink)
    tree = parse(source, sink) if source is not None else None
    spec = read(tree, sink) if tree is not None else None
    workflow = None
    if source is not None and tree is not None and spec is not None:
        key = posixpath.basename(path.replace("\\", "/"))
        compile = _Files(folder, posixpath.dirname(path), sink).compiler((key,))
        children = Children(compile, "", (key,))
        workflow = lower(spec, tree, source, folder, sink, children)
    if workflow is not None:
        workflow = run_passes(workflow, sink)
    found = sink.diagnostics
    if source is not None and tree is not None:
        found = tuple(apply_ignores(source, found, find_comments(source, tree, MARKER)))
    return Analysis(source, tree, spec, workflow, found, tuple(sorted(folder.seen)))


@dataclass(frozen=True, slots=True)
class _Files:
    """Lowers sub-workflows; `shown` is the root file's folder as the user wrote it."""

    folder: Folder
    shown: str
    sink: Sink

    def compiler(self, open: tuple[str, ...]) -> _Compile:
        return _Compile(self, open)


@dataclass(frozen=True, slots=True)
class _Compile:
    """Lowers the sub-workflow of a key, for the files in `open`."""

    files: _Files
    open: tuple[str, ...]

    def __call__(self, key: str) -> Workflow | None:
        data = self.files.folder.read_bytes(key)
        if data is None:
            return None
        sink = self.files.sink
        source = decode(posixpath.join(self.files.shown, key), data, sink)
        tree = parse(source, sink) if source is not None else None
        spec = read(tree, sink) if tree is not None else None
        if source is None or tree is None or spec is None:
            return None
        below = posixpath.dirname(key)
        opened = (*self.open, key)
        children = Children(self.files.compiler(opened), below, opened)
        return lower(spec, tree, source, self.files.folder.below(below), sink, children)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the workflow it was made from, what the optimizer did to that, and what it is worth."""

    plan: Plan
    workflow: Workflow
    reports: tuple[Report, ...]
    gain: Gain


def plan(
    workflow: Workflow,
    level: int,
    *,
    with_server: bool = False,
    kubernetes: Kubernetes | None = None,
) -> Planned:
    """Optimize (level 1) and plan a workflow that has no errors; see `api.build`."""
    from compiler.passes.gain import estimate_gain
    from compiler.passes.optimize import optimize
    from compiler.plan.plan import make_plan

    written = workflow
    reports: tuple[Report, ...] = ()
    if level > 0:
        workflow, reports = optimize(workflow)
    gain = estimate_gain(written, workflow)
    made = make_plan(
        workflow,
        dict(_step_bounds(workflow, "")),
        calls_models=_calls_models(workflow),
        with_server=with_server,
        kubernetes=kubernetes,
    )
    return Planned(made, workflow, reports, gain)


def _calls_models(workflow: Workflow) -> bool:
    """Whether every run makes a model call."""
    return estimate(Facts(workflow)).amount.calls.low > 0


def _step_bounds(workflow: Workflow, key: str) -> Iterator[tuple[str, int]]:
    from compiler.passes.steps import step_bound

    bound = step_bound(workflow)
    if bound is not None:
        yield key, bound
    for child in workflow.children:
        yield from _step_bounds(child.workflow, child.key)


def emit(planned: Plan) -> Mapping[str, str]:
    """Render a plan: text by path."""
    from compiler.emit.render import render

    return render(planned)
