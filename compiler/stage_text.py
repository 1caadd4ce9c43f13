"""What a stage made of a workflow, as text for people who look into the compiler."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Literal

from compiler.driver import Analysis, plan
from compiler.ir.pprint import pprint
from compiler.ir.schedule import schedule
from compiler.ir.workflow import Workflow
from compiler.passes import PASSES
from compiler.passes.gain import Gain, estimate_gain
from compiler.passes.optimize import OPTIMIZERS, optimize
from compiler.passes.report import Report
from compiler.spec.plain import plain
from compiler.syntax import Mapping, Scalar, Sequence, Tree

Stage = Literal["tree", "spec", "ir", "plan"]


def pass_names() -> tuple[str, ...]:
    """Return the names of all passes and rewrites, in their order."""
    return (*(each.run.__name__ for each in PASSES), *(each.__name__ for each in OPTIMIZERS))


def stage_text(analysis: Analysis, stage: Stage, level: int, after: str | None) -> str | None:
    """Return the text of a stage, None when mistakes kept the workflow from reaching it.

    Args:
        level: 1 plans the optimized workflow, 0 the workflow as it is.
        after: for `ir`, the pass or rewrite after which to look; None is before all rewrites.
    """
    if stage == "tree":
        return None if analysis.tree is None else "\n".join(_tree_lines(analysis.tree, "")) + "\n"
    if stage == "spec":
        if analysis.spec is None:
            return None
        return json.dumps(plain(analysis.spec), indent=2, ensure_ascii=False, default=str) + "\n"
    if analysis.workflow is None:
        return None
    if stage == "ir":
        return pprint(_rewritten(analysis.workflow, after))
    return None if analysis.has_errors else _plan_text(analysis.workflow, level)


def _rewritten(workflow: Workflow, after: str | None) -> Workflow:
    """Carry out the rewrites up to `after`; passes that only report change nothing."""
    names = [each.__name__ for each in OPTIMIZERS]
    count = names.index(after) + 1 if after in names else 0
    return optimize(workflow, OPTIMIZERS[:count])[0]


def sentences(reports: Iterable[Report], gain: Gain) -> tuple[str, ...]:
    """Return what the optimizer did, and what that is worth, as sentences."""
    done = [f"{each.text} (in `{each.child}`)" if each.child else each.text for each in reports]
    return (*done, gain.text) if done and gain.text else tuple(done)


def optimizer_record(reports: Iterable[Report], gain: Gain) -> dict[str, object]:
    """Return the same for programs; times are in seconds, by rule of thumb."""
    return {
        "format_version": 1,
        "rewrites": [
            {
                "pass": each.rewrite,
                "text": each.text,
                "nodes": [*each.nodes],
                "child": each.child or None,
            }
            for each in reports
        ],
        "estimate": {
            "seconds_before": gain.seconds_before,
            "seconds_after": gain.seconds_after,
            "model_calls_before": gain.calls_before,
            "model_calls_after": gain.calls_after,
        },
    }


def plan_text(analysis: Analysis) -> str:
    """Say what the optimizer does to a workflow without errors, and in which waves it runs then."""
    assert analysis.workflow is not None
    workflow, reports = optimize(analysis.workflow)
    done = sentences(reports, estimate_gain(analysis.workflow, workflow)) or (
        "nothing was changed",
    )
    return "\n".join([*done, "", *_wave_lines(workflow)]) + "\n"


def _wave_lines(workflow: Workflow) -> Iterator[str]:
    """The waves, and the longest way by rule of thumb."""
    times = schedule(workflow)
    waves: dict[int, list[str]] = {}
    for node in workflow.nodes:
        if node.id in times.waves:
            waves.setdefault(times.waves[node.id], []).append(node.id)
    for number in sorted(waves):
        yield f"wave {number}: {', '.join(waves[number])}"
    yield f"longest way, about {times.seconds:.1f} s: {' -> '.join(times.critical) or 'nothing'}"


def _plan_text(workflow: Workflow, level: int) -> str:
    made = plan(workflow, level)
    planned = made.plan
    lines = [f"package {planned.package} from {planned.source_name}", *_wave_lines(made.workflow)]
    lines += [f"needs {each}" for each in planned.requirements]
    for file in planned.files:
        origin = f" from {file.template}" if file.template else ""
        lines.append(f"{file.kind} {file.path}{origin} <- {file.reason}")
    return "\n".join(lines) + "\n"


def _tree_lines(tree: Tree, indent: str) -> Iterator[str]:
    if isinstance(tree, Scalar):
        yield f"{indent}{json.dumps(tree.value, ensure_ascii=False)} {tree.style} {_place(tree)}"
    elif isinstance(tree, Sequence):
        yield f"{indent}list {_place(tree)}"
        for item in tree.items:
            yield from _tree_lines(item, f"{indent}  ")
    elif isinstance(tree, Mapping):
        yield f"{indent}mapping {_place(tree)}"
        for entry in tree.entries:
            yield f"{indent}  {entry.name}: {_place(entry.key)}"
            yield from _tree_lines(entry.value, f"{indent}    ")


def _place(tree: Tree) -> str:
    start = tree.span.source.position(tree.span.start)
    end = tree.span.source.position(tree.span.end)
    return f"@{start.line}:{start.column}-{end.line}:{end.column}"
