"""Generated packages beside the hand-written programs: wall time, overhead, throughput, start, memory."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import dags
from bench.dags import Dag
from bench.driver import Job
from bench.measure import ROOT, execute
from bench.report import Section, ratio, verdict
from bench.starting import section as starting
from compiler import api
from tests.support.fake_llm.remote import FakeLLMProcess
from tests.support.fake_llm.script import Step

PROGRAMS = "AGENTC_BENCH_PROGRAMS"
"""Variable with the environment that has langgraph, litellm and mlflow; else the one that runs."""

MAP = """flow: {name: items}
models:
  fast: {provider: openai, model: gpt-4.1-nano}
config: {llm: fast}
state:
  topics: {type: "list[str]", required: true}
  lines: list[str]
nodes:
  - id: each
    prompt: "[each]\\nAbout {topic}\\nOne short line."
    outputs: [line]
    foreach: {in: topics, as: topic, collect: lines, max_concurrency: 100}
edges:
  - START -> each -> END
"""

EVALUATOR = """flow: {name: evaluator}
models:
  fast: {provider: openai, model: gpt-4.1-nano}
config: {llm: fast}
state:
  topic: {type: str, required: true}
  draft: str
  verdict: {type: str, default: ""}
nodes:
  - {id: write, prompt: "[write]\\nAbout {topic}: {verdict}\\nOne short line.", outputs: [draft]}
  - {id: judge, prompt: "[judge]\\nIs this good? {draft}\\nOne short line.", outputs: [verdict]}
edges:
  - START -> write -> judge
  - {from: judge, loop: {max_iterations: 3, until: "state.verdict == 'good'", to: write, exit_to: END}}
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a program took: wall seconds of each run, CPU seconds of all of them, memory in MB."""

    walls: tuple[float, ...]
    cpu: float
    warm: float
    peak: float

    @property
    def wall(self) -> float:
        """The median wall time of a run."""
        return median(self.walls)


class Stage:
    """A folder with programs, the server that answers their calls, and the interpreter they run in."""

    def __init__(self, folder: Path, fake: FakeLLMProcess) -> None:
        self.folder = folder
        self.fake = fake
        home = os.environ.get(PROGRAMS)
        self.python = str(Path(home) / "bin" / "python") if home else sys.executable

    def answer(self, seconds: Mapping[str, float]) -> None:
        """Let prompts that start with `[name]` wait that long for their answers."""
        self.fake.reset()
        for name, delay in seconds.items():
            self.fake.always(Step(delay=delay), match=f"[{name}]")

    def generate(self, name: str, text: str) -> Path:
        """Build a workflow; return the folder of its project."""
        out = self.folder / name
        analysis = api.check_bytes(f"{name}.yaml", text.encode(), self.folder)
        built = api.build(analysis)
        if not built.files:
            raise RuntimeError(f"{name}: {analysis.diagnostics}")
        for path, file in built.files.items():
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")
        return out

    def run(self, jobs: Sequence[Job]) -> list[Taken]:
        """Do jobs in one process, in a folder of its own, and return what each took."""
        number = len([*self.folder.glob("jobs*.json")])
        listed = self.folder / f"jobs{number}.json"
        listed.write_text(json.dumps(jobs), encoding="utf-8")
        work = self.folder / f"work{number}"
        work.mkdir()
        command = [self.python, str(ROOT / "bench" / "driver.py"), str(listed)]
        _, said = execute(command, env=self.fake.env(), cwd=work)
        return [
            Taken(tuple(each.pop("walls")), **each) for each in json.loads(said.splitlines()[-1])
        ]


def job(module: str, inputs: dict[str, object], runs: int, together: int = 1) -> Job:
    """Return the job of a hand-written program."""
    return Job(module=module, path=str(ROOT), env={}, inputs=inputs, runs=runs, together=together)


def sections(folder: Path, *, quick: bool) -> list[Section]:
    """Measure everything that runs."""
    with FakeLLMProcess() as fake:
        stage = Stage(folder, fake)
        return [
            _graphs(stage, quick=quick),
            _overhead(stage, 5 if quick else 20),
            _items(stage, 200 if quick else 1000),
            _together(stage, 50 if quick else 500),
            starting(folder, stage.generate("starting", _article()), stage.python, quick=quick),
        ]


def _article() -> str:
    return dags.workflow_text(dags.chain("starting", 3, 0.0))


TOPIC: dict[str, object] = {"topic": "tea"}


def _pairs(
    stage: Stage, graphs: Sequence[Dag], runs: int, together: int = 1
) -> list[tuple[Taken, Taken]]:
    """Run graphs as generated, then as written by hand; their calls may not share names."""
    delays = {call["name"]: call["seconds"] for dag in graphs for call in dag.calls}
    stage.answer(delays)
    ours, theirs = [], []
    for dag in graphs:
        description = stage.folder / f"{dag.name}.json"
        description.write_text(json.dumps(dag.calls), encoding="utf-8")
        project = stage.generate(dag.name, dags.workflow_text(dag))
        ours.append({**job(dag.name, TOPIC, runs, together), "path": str(project)})
        env = {"BENCH_GRAPH": str(description), "BENCH_CONCURRENCY": "10000"}
        theirs.append({**job("bench.handwritten.dag", TOPIC, runs, together), "env": env})
    return list(zip(stage.run(ours), stage.run(theirs), strict=True))  # type: ignore[arg-type]


def _graphs(stage: Stage, *, quick: bool) -> Section:
    sizes = (10, 20) if quick else (*range(10, 60, 5), 12, 18, 24, 28, 32, 36, 42, 48, 54, 60)
    graphs = [dags.chain("row", 3, 0.2), dags.unequal("unequal")]
    graphs += [dags.random_dag(seed, size) for seed, size in enumerate(sizes)]
    rows, paths, beside = [], [], []
    for dag, (ours, theirs) in zip(graphs, _pairs(stage, graphs, 2 if quick else 3), strict=True):
        least = dag.critical_path
        if dag.name.startswith("dag_"):
            paths.append(min(ours.walls) / least)
            beside.append(min(ours.walls) / min(theirs.walls))
        rows.append(
            (
                dag.name,
                str(len(dag.calls)),
                f"{least:.2f}",
                f"{min(ours.walls):.2f}",
                f"{min(theirs.walls):.2f}",
                ratio(min(ours.walls), least),
                ratio(min(theirs.walls), least),
                ratio(min(ours.walls), min(theirs.walls)),
            )
        )
    is_met = median(paths) <= 1.05 and max(paths) <= 1.15
    return Section(
        "Wall time of graphs of calls",
        "Real LiteLLM calls to a local server; 50 to 500 ms per call in the random graphs. Least of the runs; "
        "the critical path is what the latencies alone allow.",
        (
            "graph",
            "calls",
            "critical path, s",
            "generated, s",
            "by hand, s",
            "generated / critical path",
            "by hand / critical path",
            "generated / by hand",
        ),
        tuple(rows),
        (
            _spread("critical path", paths, "1.05 and 1.15", is_met=is_met),
            _spread("by hand", beside, "1.02 at most", is_met=max(beside) <= 1.02),
        ),
    )


def _spread(of: str, ratios: Sequence[float], target: str, *, is_met: bool) -> str:
    """Return the middle and the worst of the random graphs' ratios in words."""
    middle, worst = f"median {median(ratios):.3f}", f"worst {max(ratios):.3f}"
    return (
        f"Random graphs, generated / {of}: {middle}, {worst} (target {target}: {verdict(is_met)})."
    )


def _overhead(stage: Stage, runs: int) -> Section:
    ((ours, theirs),) = _pairs(stage, [dags.chain("overhead", 50, 0.0)], runs)
    stage.answer({"write": 0.0, "judge": 0.0})
    loop, by_hand = _beside(stage, "evaluator", EVALUATOR, TOPIC, runs * 8)
    rows = []
    for name, calls, mine, other in (
        ("50 calls in a row", 50 * runs, ours, theirs),
        ("evaluator loop, 6 calls", 48 * runs, loop, by_hand),
    ):
        rows.append(
            (
                name,
                f"{calls:,}",
                f"{1e3 * mine.cpu / calls:.2f}",
                f"{1e3 * other.cpu / calls:.2f}",
                ratio(mine.cpu, other.cpu),
                f"{1e3 * sum(mine.walls) / calls:.2f}",
                f"{1e3 * sum(other.walls) / calls:.2f}",
                ratio(sum(mine.walls), sum(other.walls)),
                verdict(mine.cpu <= other.cpu),
            )
        )
    return Section(
        "Overhead per model node",
        "No latency, tracing on, no checkpoints; CPU is that of the program's process, LiteLLM's own included.",
        (
            "workflow",
            "calls",
            "generated, ms CPU",
            "by hand, ms CPU",
            "ratio",
            "generated, ms wall",
            "by hand, ms wall",
            "ratio",
            "target ≤ 1.0x",
        ),
        tuple(rows),
    )


def _beside(
    stage: Stage, name: str, text: str, inputs: dict[str, object], runs: int
) -> tuple[Taken, Taken]:
    """Run a workflow as generated, then the hand-written program of the same name."""
    project = stage.generate(name, text)
    (ours,) = stage.run([{**job(name, inputs, runs), "path": str(project)}])
    (theirs,) = stage.run([job(f"bench.handwritten.{name}", inputs, runs)])
    return ours, theirs


def _items(stage: Stage, count: int) -> Section:
    stage.answer({"each": 0.02})
    rows = []
    for size in (count // 4, count):
        inputs: dict[str, object] = {"topics": [f"topic {number}" for number in range(size)]}
        ours, theirs = _beside(stage, "items", MAP, inputs, 3)
        ideal = 0.02 * size / 100
        rows.append(
            (
                f"{size:,}",
                f"{ideal:.2f}",
                f"{min(ours.walls):.2f}",
                f"{min(theirs.walls):.2f}",
                f"{100 * ideal / min(ours.walls):.0f}%",
                f"{100 * ideal / min(theirs.walls):.0f}%",
                ratio(min(ours.walls), min(theirs.walls)),
                f"{1e3 * (ours.peak - ours.warm) / size:.1f}",
            )
        )
    return Section(
        "Map over many items",
        "20 ms per call, 100 at a time. Ideal is the latency alone; LiteLLM needs more CPU for a call than one core "
        "has in 0.2 ms, which bounds both programs.",
        (
            "items",
            "ideal, s",
            "generated, s",
            "by hand, s",
            "generated, of ideal",
            "by hand, of ideal",
            "generated / by hand",
            "memory per item, kB",
        ),
        tuple(rows),
    )


def _together(stage: Stage, runs: int) -> Section:
    ((ours, theirs),) = _pairs(stage, [dags.chain("together", 5, 0.1)], 2, runs)
    rows: Sequence[tuple[str, ...]] = [
        (
            f"{runs}",
            "0.50",
            f"{min(ours.walls):.2f}",
            f"{min(theirs.walls):.2f}",
            f"{100 * 0.5 / min(ours.walls):.0f}%",
            f"{100 * 0.5 / min(theirs.walls):.0f}%",
            ratio(min(ours.walls), min(theirs.walls)),
            ratio(ours.cpu, theirs.cpu),
        )
    ]
    return Section(
        "Concurrent runs in one process",
        "Five calls of 100 ms in a row per run, all runs at once.",
        (
            "runs",
            "ideal, s",
            "generated, s",
            "by hand, s",
            "generated, of ideal",
            "by hand, of ideal",
            "generated / by hand",
            "CPU, generated / by hand",
        ),
        tuple(rows),
    )
