"""What a call costs besides its latency, and how many fit into one process: generated, by hand and LiteLLM alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from bench import dags
from bench.driver import Job
from bench.graphs import TOPIC, pair
from bench.measure import execute
from bench.report import Section, ratio, verdict
from bench.stage import LATER, Stage, Taken, job
from compiler.profile.sources.spool import read_spool

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
OTHER_CLIENT = {"EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER": "true"}
"""A setting of LiteLLM, for OpenAI's models: its own HTTP client in place of OpenAI's library."""
BOUND = (
    "LiteLLM prepares, prices and logs each call in Python, on one core: its row alone is the limit of every program "
    "that calls it from one process. Tried without gain (CPU per call, in turn): no callbacks (there are none by "
    "default), `no-log`, `LITELLM_RUST` (chat completions stay in Python), httpx in place of aiohttp, "
    "`disable_token_counter`. What helps is its experimental client for OpenAI's models, which generated packages do "
    "not switch on: it leaves out `OPENAI_ORGANIZATION` and is not documented; it is a variable of the environment."
)


def overhead(stage: Stage, *, quick: bool) -> Section:
    """Measure calls without latency."""
    runs, rounds = (2, 2) if quick else (5, 4)
    ours, theirs = pair(stage, dags.chain("overhead", 50, 0.0), runs=runs)
    names = [f"n{number}" for number in range(50)]
    alone = job("bench.handwritten.bare_row", {**TOPIC, "names": names}, runs=runs)
    loop = job("evaluator", TOPIC, path=stage.generate("evaluator", EVALUATOR), runs=8 * runs)
    loop_by_hand = job("bench.handwritten.evaluator", TOPIC, runs=8 * runs)
    stage.answer({})
    row = stage.in_turn([ours, theirs, alone], rounds)
    rounded = stage.in_turn([loop, loop_by_hand], rounds)
    rows = [
        _overhead_row("50 calls in a row", 50, runs, rounds, row),
        _overhead_row("evaluator loop, 6 calls", 6, 8 * runs, rounds, rounded),
    ]
    return Section(
        "Overhead per model node",
        "No latency, tracing on, no checkpoints. CPU is that of the program's process, LiteLLM's own included; the "
        "least of rounds in turn.",
        (
            "workflow",
            "calls",
            "generated, ms CPU",
            "by hand, ms CPU",
            "LiteLLM alone, ms CPU",
            "generated / by hand",
            "generated, ms wall",
            "by hand, ms wall",
            "generated / by hand",
            "target ≤ 1.0x",
        ),
        tuple(rows),
        (_delivery(stage, runs, row[0].cpu / runs / 50, row[1].cpu / runs / 50),),
    )


def _overhead_row(
    name: str, calls: int, runs: int, rounds: int, taken: list[Taken]
) -> tuple[str, ...]:
    ours, theirs, *alone = taken
    per = 1e3 / calls
    is_met = ours.cpu <= theirs.cpu and ours.wall <= theirs.wall
    return (
        name,
        f"{calls * runs * rounds:,}",
        f"{ours.cpu / runs * per:.2f}",
        f"{theirs.cpu / runs * per:.2f}",
        f"{alone[0].cpu / runs * per:.2f}" if alone else "",
        ratio(ours.cpu, theirs.cpu),
        f"{ours.wall * per:.2f}",
        f"{theirs.wall * per:.2f}",
        ratio(ours.wall, theirs.wall),
        verdict(is_met),
    )


def _delivery(stage: Stage, runs: int, ours: float, theirs: float) -> str:
    """Measure what a generated package does later, in a process of its own: once per process, and per call."""
    work = stage.new_work()
    project = stage.folder / "overhead"
    command = [stage.python, "-m", "overhead", "traces", "deliver"]
    cpus: list[float] = []
    few, many = 2 * runs, 6 * runs
    done = 0
    with stage.program(work, LATER) as program:
        for count in (1, few, many):  # the first one creates MLflow's database
            program.run(job("overhead", TOPIC, path=project, runs=count))
            done += count
            _wait_for_traces(work / ".agentc" / "traces" / "overhead.jsonl", done)
            sample, _ = execute(command, env={"PYTHONPATH": str(project)}, cwd=work)
            cpus.append(sample.cpu)
    later = (cpus[2] - cpus[1]) / (many - few) / 50
    once = cpus[1] - few * 50 * later
    return (
        "Generated packages write their traces to a file and bring them to MLflow's store later, in a process of its "
        f"own at low priority, every 30 s at most: {once:.1f} s CPU for its start, which is MLflow's import, and "
        f"{1e3 * later:.2f} ms per call. With that share a call takes {1e3 * (ours + later):.2f} against "
        f"{1e3 * theirs:.2f} ms CPU, {ratio(ours + later, theirs)}."
    )


def _wait_for_traces(path: Path, count: int) -> None:
    for _ in range(100):
        if path.exists() and len(read_spool(path).traces) >= count:
            return
        time.sleep(0.1)
    raise RuntimeError(f"`{path}` does not hold {count} traces")


def items(stage: Stage, *, quick: bool) -> Section:
    """Measure a map over many items."""
    count = 200 if quick else 1000
    project = stage.generate("items", MAP)
    inputs = {"topics": [f"topic {number}" for number in range(count)]}
    stage.answer({"each": 0.02})
    jobs = [
        job("items", inputs, path=project),
        job("items", inputs, path=project, env=OTHER_CLIENT),
        job("bench.handwritten.items", inputs),
        job("bench.handwritten.bare_items", inputs),
    ]
    found = stage.in_turn(jobs, 2)
    names = ("generated", "generated, other client", "by hand", "LiteLLM alone")
    ideal = 0.02 * count / 100
    return _throughput(
        "Map over many items",
        f"{count:,} items, 20 ms per call, 100 at a time, tracing on.",
        dict(zip(names, found, strict=True)),
        ideal,
        count,
        _memory_of_items(stage, project, count),
    )


def _memory_of_items(stage: Stage, project: Path, count: int) -> str:
    found = []
    for size in (count, 3 * count):
        with stage.program(env=LATER) as program:
            topics = [f"topic {number}" for number in range(size)]
            program.run(job("items", {"topics": topics[:20]}, path=project))
            taken = program.run(job("items", {"topics": topics}, path=project))
        found.append(f"{size:,} items {1024 * (taken.peak - taken.before) / size:.1f} kB")
    return f"Memory per item, peak above that before: {', '.join(found)}."


def together(stage: Stage, *, quick: bool) -> Section:
    """Measure many runs at the same time."""
    count = 50 if quick else 500
    ours, theirs = pair(stage, dags.chain("together", 5, 0.1), together=count)
    names = [f"n{number}" for number in range(5)]
    stage.answer(dict.fromkeys(names, 0.1))
    alone = job("bench.handwritten.bare_row", {**TOPIC, "names": names}, together=count)
    other: Job = {**ours, "env": OTHER_CLIENT}
    jobs = [ours, other, theirs, alone]
    found = stage.in_turn(jobs, 2)
    labels = ("generated", "generated, other client", "by hand", "LiteLLM alone")
    grown = 1024 * (found[0].peak - found[0].before) / count
    return _throughput(
        "Concurrent runs in one process",
        f"{count} runs of five calls of 100 ms in a row, all at once, tracing on.",
        dict(zip(labels, found, strict=True)),
        0.5,
        5 * count,
        f"Memory per run, peak above that before: {grown:.1f} kB.",
    )


def _throughput(
    title: str, about: str, found: Mapping[str, Taken], ideal: float, calls: int, memory: str
) -> Section:
    limit = found["LiteLLM alone"]
    ours = found["generated"]
    rows = tuple(
        (
            name,
            f"{ideal:.2f}",
            f"{taken.wall:.2f}",
            f"{100 * ideal / taken.wall:.0f}%",
            f"{1e3 * taken.cpu / calls:.2f}",
            f"{100 * limit.wall / taken.wall:.0f}%",
        )
        for name, taken in found.items()
    )
    return Section(
        title,
        f"{about} Ideal is the latency alone.",
        ("program", "ideal, s", "wall, s", "of ideal", "ms CPU per call", "of LiteLLM alone"),
        rows,
        (
            (
                f"Target ≥ 90% of ideal: {verdict(ideal >= 0.9 * ours.wall)}. It leaves {1e3 * ideal / 0.9 / calls:.2f} ms "
                f"of one core to a call; LiteLLM alone takes {1e3 * limit.cpu / calls:.2f} ms. {BOUND}"
            ),
            memory,
        ),
    )
