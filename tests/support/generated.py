"""Generated packages inside of the test process: written to a folder, imported, run simulated."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from compiler.emit.environment import environment
from compiler.ir.workflow import Workflow
from compiler.plan.files import Plan
from compiler.plan.plan import make_plan
from compiler.plan.text import Code
from tests.support.reference import Outcome

_STUBS = Path(__file__).resolve().parents[2] / "runtime_stubs"
_numbers = itertools.count()


def run_generated(
    workflow: Workflow,
    inputs: Mapping[str, object],
    folder: Path,
    step_bounds: Mapping[str, int] | None = None,
) -> Outcome:
    """Generate the package of a workflow below `folder`, import it under a name of its own and run it.

    `step_bounds` are as for `make_plan`.

    Formatting is left out and the runtime library is linked, not copied: neither changes what the code does.
    """
    name = f"generated_{next(_numbers)}"
    _write(make_plan(workflow, step_bounds or {}), folder, name)
    sys.path.insert(0, str(folder))
    try:
        app = importlib.import_module(f"{name}.app").APP
        return asyncio.run(_run(app, inputs))
    finally:
        sys.path.remove(str(folder))
        for module in [each for each in sys.modules if each.split(".")[0] == name]:
            del sys.modules[module]


def _write(plan: Plan, folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "_runtime").symlink_to(_STUBS)
    for file in plan.files:
        if not file.path.startswith(f"{plan.package}/") or file.kind == "vendor":
            continue
        text = file.text
        if file.template:
            template = environment(file.language).get_template(file.template)
            text = template.render(view=file.view, header=Code("#"), package=Code(plan.package))
        path = folder / name / file.path.removeprefix(f"{plan.package}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


async def _run(app: object, inputs: Mapping[str, object]) -> Outcome:
    outcome = Outcome({})

    def listen(event: object) -> None:
        kind = type(event).__name__
        if kind == "NodeStarted":
            outcome.executed[event.node] += 1  # type: ignore[attr-defined]
        elif kind == "ModelCalled":
            outcome.model_calls += 1

    state = await app.arun(inputs, simulate=True, listeners=[listen])  # type: ignore[attr-defined]
    outcome.state = dict(state)
    return outcome


def same(a: Outcome, b: Outcome) -> bool:
    """Whether two runs agree on state, executed nodes and number of model calls."""
    return (
        a.state == b.state and Counter(a.executed) == b.executed and a.model_calls == b.model_calls
    )
