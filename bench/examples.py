"""Wall time of the examples beside their critical path, and beside the same workflows written by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from bench.driver import Job
from bench.measure import ROOT
from bench.report import Section, ratio, verdict
from bench.services import Services
from bench.stage import LATER, Program, Stage, Taken, job
from compiler import api
from compiler.profile.sources.spool import read_spool
from compiler.profile.trace import Step as Traced
from compiler.profile.trace import Trace
from compiler.profile.visits import SLACK, Ancestors, Visit, visits_of
from tests.support.fake_llm.script import Step, ToolUse

EXAMPLES = ROOT / "examples"
LATENCY = 0.275  # seconds of every model call: the mean of the random graphs
HERE = "http://services"  # stands for the address of the services


Turns = tuple[tuple[ToolUse, ...], ...]


@dataclass(frozen=True)
class Example:
    """One example: inputs in place of those of `input.json`, and answers that decide where it goes.

    `always`: by a part of the prompt. `turns`: by a part of the prompt, the tools that an agent uses in each of its
    turns before it answers. `vary`: the input that differs between runs, where answers are kept.
    """

    inputs: Mapping[str, object] = field(default_factory=dict)
    always: Mapping[str, object] = field(default_factory=dict)
    turns: Mapping[str, Turns] = field(default_factory=dict)
    vary: str = ""


SEARCH = ToolUse("web_search", {"query": "what keeps cities cool"})
SCRAPE = ToolUse("web_scrape", {"url": f"{HERE}/pages/1"})
RUN = {
    "code_review": Example(),
    "document_summary": Example(),
    "expense_agent": Example(
        turns={
            "You are an accountant": (
                (ToolUse("file_glob", {"pattern": "**/*.csv"}),),
                (ToolUse("file_read", {"path": "expenses.csv"}),),
                (ToolUse("calculator", {"expression": "240 + 1100 * 0.134"}),),
            )
        }
    ),
    "invoice_intake": Example(vary="invoice"),
    "local_rag": Example(),
    "memory_chat": Example(
        always={"Does this message": {"fact": {"subject": "Ada", "statement": "likes tea"}}}
    ),
    "model_fallback": Example(vary="text"),
    "morning_brief": Example(),
    "newsletter": Example(),
    "product_copy": Example(),
    "program_solver": Example(always={"Write a program": 'result = sorted(inputs["numbers"])[4]'}),
    "refund_approval": Example(inputs={"amount": 20.0}),  # small ones need nobody
    "research_team": Example(  # two workers at the same time
        turns={"Your task": ((SEARCH,), (SEARCH,), (SCRAPE,), (SCRAPE,))}
    ),
    "research_write": Example(),
    "support_desk": Example(always={"You sort messages": {"kind": "delivery", "urgent": False}}),
    "translation_loop": Example(
        always={"You review translations": {"review": {"score": 0.5, "issues": []}}}
    ),
    "travel_planner": Example(
        turns={
            "You plan trips": (
                (ToolUse("clock_get_current_time", {"timezone": "Europe/Copenhagen"}),),
                (
                    ToolUse("find_trains", {"task": "Oslo to Aarhus"}),
                    ToolUse("find_places", {"task": "Two days in Aarhus"}),
                ),
                (ToolUse("calculator", {"expression": "39 * 4 + 180"}),),
            ),
            "at most three connections": (
                (ToolUse("trains", {"start": "Oslo", "goal": "Aarhus", "day": "2026-05-01"}),),
            ),
            "at most five places": ((SEARCH,), (SCRAPE,)),
        }
    ),
}


DIFFERENCES = (
    (
        "Search, pages, weather and trains are services on this machine that answer at once; the clock of travel_planner "
        "is an MCP server that both start for each run. The copies of the workflows differ in these addresses only."
    ),
    (
        "Code of product_copy and invoice_intake runs in a sandbox, by hand it is plain Python. The program of "
        "program_solver runs by hand in a new process with limits on time, memory and files, which may still use the "
        "network and any system call; generated packages fork a warm process that may not."
    ),
    (
        "refund_approval is saved in SQLite after each step by both. By hand the database stays open between runs; "
        "generated packages open it for each run and also keep every answer that was paid for. In memory_chat both keep turns "
        "and facts in SQLite and search them by words; by hand, turns beyond the last ten are not summarised."
    ),
    (
        "The file and web tools of generated packages refuse links, private addresses (here allowed) and answers beyond "
        "their limits; by hand they read what they are told to. Both keep connections open."
    ),
    (
        "Above the critical path stand, besides the graph, LiteLLM's own time for each call on the one core (several "
        "at once in code_review), and what counts as nothing: tools, code, files and databases."
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured of one example; `requests` of one run, generated and by hand."""

    name: str
    critical: float
    ours: Taken
    theirs: Taken
    requests: tuple[int, int]


def section(stage: Stage, *, quick: bool) -> Section:
    """Run the examples in turn with the programs written by hand."""
    rounds = 2 if quick else 5
    work, other = stage.new_work(), stage.new_work()
    measured: dict[str, tuple[Taken, Taken, tuple[int, int]]] = {}
    failed: dict[str, str] = {}
    with Services() as services:
        projects = {name: _write(stage, services, name, (work, other)) for name in RUN}
        with (
            stage.program(work, {**LATER, **services.env()}, ends=True) as ours,
            stage.program(other, services.env()) as theirs,
        ):
            for name, example in RUN.items():
                given = json.loads((EXAMPLES / name / "input.json").read_text("utf-8"))
                inputs = {**given, **example.inputs}
                jobs = (
                    job(name, inputs, path=projects[name][0], vary=example.vary),
                    job(f"bench.handwritten.{name}", inputs, vary=example.vary),
                )
                script = partial(_script, stage, services, example)
                try:
                    measured[name] = _in_turn(stage, (ours, theirs), jobs, script, rounds)
                except RuntimeError as error:  # of this example alone
                    failed[name] = str(error).strip().splitlines()[-1]
    found = []
    for name, (mine, by_hand, requests) in measured.items():
        traces = read_spool(work / ".agentc" / "traces" / f"{name}.jsonl").traces[1:]
        before = api.ancestors(projects[name][1]) or {}
        critical = min(critical_seconds(trace, before) for trace in traces)
        found.append(Found(name, critical, mine, by_hand, requests))
    return _section(found, failed)


def _write(
    stage: Stage, services: Services, name: str, works: Iterable[Path]
) -> tuple[Path, api.Analysis]:
    """Build an example that asks the services of this machine; put its files where programs run."""
    folder = EXAMPLES / name
    text = services.localized((folder / "workflow.yaml").read_text("utf-8"))
    analysis = api.check_bytes("workflow.yaml", text.encode(), folder)
    for data in (each for each in ("data", "library") if (folder / each).is_dir()):
        for work in works:
            shutil.copytree(folder / data, work / data)
    return stage.write(name, analysis), analysis


def _in_turn(
    stage: Stage,
    programs: tuple[Program, Program],
    jobs: tuple[Job, Job],
    script: Callable[[], None],
    rounds: int,
) -> tuple[Taken, Taken, tuple[int, int]]:
    """Return what each took and how often it asked, the first round left out, which fills caches."""
    taken: tuple[list[Taken], list[Taken]] = ([], [])
    counts = [0, 0]
    for _ in range(rounds + 1):
        for at, (program, each) in enumerate(zip(programs, jobs, strict=True)):
            script()
            taken[at].append(program.run(each))
            counts[at] = sum(asked.provider != "none" for asked in stage.fake.requests)
    return _together(taken[0][1:]), _together(taken[1][1:]), (counts[0], counts[1])


def _together(taken: Iterable[Taken]) -> Taken:
    first, *rest = taken
    for each in rest:
        first += each
    return first


def _script(stage: Stage, services: Services, example: Example) -> None:
    stage.fake.reset()
    for part, turns in example.turns.items():
        for tools in turns:
            calls = tuple(
                ToolUse(
                    each.name, json.loads(json.dumps(each.arguments).replace(HERE, services.url))
                )
                for each in tools
            )
            stage.fake.script(Step(tool_calls=calls, delay=LATENCY), match=part)
    for part, value in example.always.items():
        text = value if isinstance(value, str) else json.dumps(value)
        stage.fake.always(Step(text=text, delay=LATENCY), match=part)
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
    beside = [each.ours.wall / each.theirs.wall for each in found]
    unlike = [each.name for each in found if each.requests[0] != each.requests[1]]
    notes = [
        (
            f"Generated / critical path: median {median(paths):.3f}, worst {max(paths):.3f} (target 1.05 and 1.15: "
            f"{verdict(median(paths) <= 1.05 and max(paths) <= 1.15)})."
        ),
        f"Generated / by hand: worst {max(beside):.2f}x (target never above 1.02x: {verdict(max(beside) <= 1.02)}).",
        "Both ask the model as often as each other"
        + (f", except in {', '.join(unlike)}." if unlike else "."),
    ]
    notes += DIFFERENCES
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
        f"{theirs.wall:.3f}",
        ratio(found.ours.wall, found.critical),
        ratio(found.ours.wall, theirs.wall),
    )
