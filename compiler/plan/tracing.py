"""`tracing.py` as a view: where the traces of runs go and what is in them."""

from __future__ import annotations

from compiler.ir.workflow import Tracing, Workflow
from compiler.plan.app import setting
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.text import Code, literal


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
    for name in ("run_name", "log_prompts", "redact_pii", "retention_days"):
        value = getattr(tracing, name)
        if value != getattr(default, name):
            given[name] = literal(value)
    arguments = ", ".join(f"{name}={value}" for name, value in given.items())
    return (ConstantView(Code("TRACING"), Code(f"{make}({arguments})")),)
