"""Wall time of the examples beside their critical path, and beside the same workflows written by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.measure import ROOT
from bench.report import Section, ratio, verdict
from bench.stage import LATER, Program, Stage, Taken, job
from compiler import api
from compiler.profile.sources.spool import read_spool
from compiler.profile.trace import Step as Traced
from compiler.profile.trace import Trace
from compiler.profile.visits import SLACK, Ancestors, Visit, visits_of
from tests.support.fake_llm.script import Step, ToolUse

EXAMPLES = ROOT / "examples"
LATENCY = 0.275  # seconds of every model call: the mean of the random graphs
SKIPPED = {
    "morning_brief": "searches the web and asks a weather service",
    "travel_planner": "starts a server from a package registry and asks a train service",
}


@dataclass(frozen=True)
class Example:
    """One example: inputs in place of those of `input.json`, and answers that decide where it goes.

    `always`: by a part of the prompt. `turns`: the tools that an agent uses, one call each. `vary`: the input that
    differs between runs, where answers are kept.
    """

    inputs: Mapping[str, object] = field(default_factory=dict)
    always: Mapping[str, object] = field(default_factory=dict)
    turns: tuple[ToolUse, ...] = ()
    vary: str = ""
    by_hand: bool = False


RUN = {
    "code_review": Example(by_hand=True),
    "document_summary": Example(by_hand=True),
    "expense_agent": Example(
        turns=(
            ToolUse("file_glob", {"pattern": "**/*.csv"}),
            ToolUse("calculator", {"expression": "1 + 2"}),
        )
    ),
    "invoice_intake": Example(vary="invoice"),
    "local_rag": Example(),
    "memory_chat": Example(always={"Does this message": {"fact": None}}),
    "model_fallback": Example(vary="text"),
    "newsletter": Example(by_hand=True),
    "product_copy": Example(by_hand=True),
    "program_solver": Example(
        always={"Write a program": {"program": 'result = sorted(inputs["numbers"])[4]'}}
    ),
    "refund_approval": Example(inputs={"amount": 20.0}),  # small ones need nobody
    "research_team": Example(),
    "research_write": Example(by_hand=True),
    "support_desk": Example(
        always={"You sort messages": {"kind": "delivery", "urgent": False}}, by_hand=True
    ),
    "translation_loop": Example(
        always={"You review translations": {"review": {"score": 0.5, "issues": []}}}, by_hand=True
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured of one example; `requests` of one run, generated and by hand."""

    name: str
    critical: float
    ours: Taken
    theirs: Taken | None
    requests: tuple[int, int | None]


def section(stage: Stage, *, quick: bool) -> Section:
    """Run the examples in turn with the programs written by hand."""
    rounds = 2 if quick else 3
    work = stage.new_work()
    projects: dict[str, tuple[Path, api.Analysis]] = {}
    for name in RUN:
        analysis = api.check(EXAMPLES / name / "workflow.yaml")
        projects[name] = stage.write(name, analysis), analysis
        for data in ("data", "library"):
            if (EXAMPLES / name / data).is_dir():
                shutil.copytree(EXAMPLES / name / data, work / data)
    measured: dict[str, tuple[Taken, Taken | None, tuple[int, int | None]]] = {}
    failed: dict[str, str] = {}
    with stage.program(work, LATER, ends=True) as ours, stage.program() as theirs:
        for name, example in RUN.items():
            project = projects[name][0]
            try:
                measured[name] = _in_turn(stage, ours, theirs, name, example, project, rounds)
            except RuntimeError as error:  # of this example alone
                failed[name] = str(error).strip().splitlines()[-1]
    found = []
    for name, (mine, by_hand, requests) in measured.items():
        traces = read_spool(work / ".agentc" / "traces" / f"{name}.jsonl").traces[1:]
        before = api.ancestors(projects[name][1]) or {}
        critical = min(critical_seconds(trace, before) for trace in traces)
        found.append(Found(name, critical, mine, by_hand, requests))
    return _section(found, failed)


def _in_turn(
    stage: Stage,
    ours: Program,
    theirs: Program,
    name: str,
    example: Example,
    project: Path,
    rounds: int,
) -> tuple[Taken, Taken | None, tuple[int, int | None]]:
    given = json.loads((EXAMPLES / name / "input.json").read_text("utf-8"))
    inputs = {**given, **example.inputs}
    generated = job(name, inputs, path=project, vary=example.vary)
    by_hand = job(f"bench.handwritten.{name}", inputs) if example.by_hand else None
    mine: list[Taken] = []
    other: list[Taken] = []
    counts: tuple[int, int | None] = (0, None)
    for _ in range(rounds + 1):  # the first one fills caches
        _script(stage, example)
        mine.append(ours.run(generated))
        counts = len(stage.fake.requests), None
        if by_hand is not None:
            _script(stage, example)
            other.append(theirs.run(by_hand))
            counts = counts[0], len(stage.fake.requests)
    return _together(mine[1:]), _together(other[1:]) if other else None, counts


def _together(taken: Iterable[Taken]) -> Taken:
    first, *rest = taken
    for each in rest:
        first += each
    return first


def _script(stage: Stage, example: Example) -> None:
    stage.fake.reset()
    for tool in example.turns:
        stage.fake.script(Step(tool_calls=(tool,), delay=LATENCY))
    for part, value in example.always.items():
        stage.fake.always(Step(value=value, delay=LATENCY), match=part)  # type: ignore[arg-type]  # JSON by its use
    stage.fake.always(Step(delay=LATENCY))


def critical_seconds(trace: Trace, ancestors: Ancestors) -> float:
    """Return the seconds that the latencies alone demand: the longest chain of visits that waited for one another.

    A visit counts as long as the longest chain of its model calls that did not overlap, so that the bound of a map
    on how many run at a time is part of it.
    """
    visits = visits_of(trace)
    ends: list[float] = []
    for visit in visits:
        before = (
            end
            for end, other in zip(ends, visits, strict=False)
            if other.step.name in ancestors.get(visit.step.name, ())
            and other.step.end <= visit.step.start + SLACK
        )
        ends.append(max(before, default=0.0) + LATENCY * calls_in_a_row(visit))
    return max(ends, default=0.0)


def calls_in_a_row(visit: Visit) -> int:
    """Return the most model calls of a visit of which none overlap: those that end first, one after the other."""
    calls = [step for step in visit.inner if _is_call(step)]
    count, until = 0, 0
    for call in sorted(calls, key=lambda each: each.end):
        if call.start >= until:
            count, until = count + 1, call.end
    return count


def _is_call(step: Traced) -> bool:
    return step.kind == "llm" and step.status == "ok" and not step.is_free


def _section(found: list[Found], failed: Mapping[str, str]) -> Section:
    paths = [each.ours.wall / each.critical for each in found]
    beside = [each.ours.wall / each.theirs.wall for each in found if each.theirs is not None]
    unlike = [each.name for each in found if each.requests[1] not in (None, each.requests[0])]
    notes = [
        (
            f"Generated / critical path: median {median(paths):.3f}, worst {max(paths):.3f} (target 1.05 and 1.15: "
            f"{verdict(median(paths) <= 1.05 and max(paths) <= 1.15)})."
        ),
        f"Generated / by hand: worst {max(beside):.2f}x (target never above 1.02x: {verdict(max(beside) <= 1.02)}).",
        "Both ask the model as often as each other"
        + (f", except in {', '.join(unlike)}." if unlike else "."),
        "Left out: " + "; ".join(f"{name} ({why})" for name, why in SKIPPED.items()) + ".",
    ]
    notes.append(
        "What the model does not do: the code of product_copy and program_solver runs in a sandbox (by hand it is "
        "plain Python), refund_approval saves its run in SQLite, local_rag reads files, and answers take LiteLLM "
        "its time on the one core where several come at once (six in code_review)."
    )
    notes += [f"Not measured: {name}: {why}" for name, why in failed.items()]
    return Section(
        "The examples",
        f"Real LiteLLM calls to a local server, {1e3 * LATENCY:.0f} ms each, tracing on; least of runs in turn. The "
        "critical path is made of the trace of the run: the longest chain of steps that waited for one another, each "
        "with its calls in a row; tools, code and the sandbox count as nothing.",
        (
            "example",
            "calls",
            "critical path, s",
            "generated, s",
            "by hand, s",
            "generated / critical path",
            "generated / by hand",
        ),
        tuple(map(_row, found)),
        tuple(notes),
    )


def _row(found: Found) -> tuple[str, ...]:
    theirs = found.theirs
    return (
        found.name,
        str(found.requests[0]),
        f"{found.critical:.2f}",
        f"{found.ours.wall:.3f}",
        "" if theirs is None else f"{theirs.wall:.3f}",
        ratio(found.ours.wall, found.critical),
        "" if theirs is None else ratio(found.ours.wall, theirs.wall),
    )
