"""Generated projects in memory without black, which changes no meaning and takes most of the time."""

from __future__ import annotations

from compiler.driver import plan
from compiler.emit.environment import environment
from compiler.ir.workflow import Workflow
from compiler.plan.kubernetes import Kubernetes
from compiler.plan.text import Code


def generate(workflow: Workflow, kubernetes: Kubernetes | None = None) -> dict[str, str]:
    """Return the text of every file that is not copied as it is, by path."""
    planned = plan(workflow, 1, kubernetes=kubernetes).plan
    files: dict[str, str] = {}
    for file in planned.files:
        if file.kind == "vendor":
            continue
        text = file.text
        if file.template:
            template = environment(file.language).get_template(file.template)
            text = template.render(view=file.view, header=Code("#"), package=Code(planned.package))
        files[file.path] = text
    return files
