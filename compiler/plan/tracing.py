"""`tracing.py` as a view: where the traces of runs go and what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.nodes import Node
from compiler.ir.workflow import Tracing, Workflow
from compiler.plan.app import setting
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.text import Code, literal

SOURCE_COPY = "workflow.yaml"
"""The workflow file inside of the package, for runs that are stored with all there is of them."""

_PLAIN = ("run_name", "log_prompts", "log_artifacts", "artifact_level", "redact_pii")


def keeps_source(workflow: Workflow) -> bool:
    """Whether runs are stored together with the workflow file."""
    tracing = workflow.config.tracing
    return tracing.enabled and tracing.log_artifacts and tracing.artifact_level == "full"


def tracing_constants(workflow: Workflow, imports: Imports) -> tuple[ConstantView, ...]:
    """Return the constant `TRACING`, or nothing for a workflow that is not traced."""
    tracing, default = workflow.config.tracing, Tracing()
    if not tracing.enabled:
        return ()
    make = imports.use_runtime("tracing.mlflow", "MlflowTracing")
    given: dict[str, Code] = {
        "name": literal(workflow.package),
        "experiment": literal(tracing.experiment),
    }
    if tracing.tracking_uri != default.tracking_uri:
        given["tracking_uri"] = setting(tracing.tracking_uri)
    for name in (*_PLAIN, "is_async", "retention_days"):
        value = getattr(tracing, name)
        if value != getattr(default, name):
            given[name] = literal(value)
    if keeps_source(workflow):
        path = imports.use("pathlib", "Path")
        given["source"] = Code(f"{path}(__file__).with_name({literal(SOURCE_COPY)})")
    nodes = dict(_nodes(workflow, imports))
    if nodes:
        pairs = ", ".join(f"{key}: {value}" for key, value in nodes.items())
        given["nodes"] = Code(f"{{{pairs}}}")
    arguments = ", ".join(f"{name}={value}" for name, value in given.items())
    return (ConstantView(Code("TRACING"), Code(f"{make}({arguments})")),)


def _nodes(workflow: Workflow, imports: Imports) -> Iterator[tuple[Code, Code]]:
    """The nodes that are traced in their own way, those of sub-workflows too: each with its file."""
    for node in workflow.nodes:
        arguments = ", ".join(_differences(node))
        if arguments:
            make = imports.use_runtime("tracing.mlflow", "NodeTracing")
            key = Code(f"({literal(workflow.source_name)}, {literal(node.id)})")
            yield key, Code(f"{make}({arguments})")
    for child in workflow.children:
        yield from _nodes(child.workflow, imports)


def _differences(node: Node) -> Iterator[str]:
    label = node.run_label
    given = {
        "log_prompts": node.log_prompts,
        "log_artifacts": node.log_artifacts,
        "experiment": None if label is None else label.experiment,
        "run_name": None if label is None else label.run_name or node.id,
    }
    for name, value in given.items():
        if value is not None:
            yield f"{name}={literal(value)}"
