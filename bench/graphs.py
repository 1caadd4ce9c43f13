"""Wall time of graphs of calls with given latencies: generated and by hand, beside their critical path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from bench import dags
from bench.dags import Dag
from bench.driver import Job
from bench.report import Section, ratio, verdict
from bench.stage import LATER, Stage, Taken, job

TOPIC: dict[str, object] = {"topic": "tea"}
SIZES = (*range(10, 60, 5), 12, 18, 24, 28, 32, 36, 42, 48, 54, 60)
DISTURBED = 1.05
"""Times the critical path from which a graph is measured once more, both ways."""


def pair(stage: Stage, dag: Dag, *, runs: int = 1, together: int = 1) -> tuple[Job, Job]:
    """Return the jobs of a graph, generated and by hand."""
    description = stage.folder / f"{dag.name}.json"
    description.write_text(json.dumps(dag.calls), encoding="utf-8")
    project = stage.generate(dag.name, dags.workflow_text(dag))
    ours = job(dag.name, TOPIC, path=project, runs=runs, together=together)
    env = {"BENCH_GRAPH": str(description), "BENCH_CONCURRENCY": "10000"}
    theirs = job("bench.handwritten.dag", TOPIC, runs=runs, together=together, env=env)
    return ours, theirs


def section(stage: Stage, *, quick: bool) -> Section:
    """Measure a chain, two branches of unequal length, and random graphs."""
    graphs = [dags.chain("row", 3, 0.2), dags.unequal("unequal")]
    sizes = (10, 20) if quick else SIZES
    graphs += [dags.random_dag(seed, size) for seed, size in enumerate(sizes)]
    stage.answer({call["name"]: call["seconds"] for dag in graphs for call in dag.calls})
    found = list(zip(graphs, _measured(stage, graphs), strict=True))
    random = [(dag, ours, by_hand) for dag, (ours, by_hand) in found if dag.name.startswith("dag_")]
    paths = [ours.wall / dag.critical_path for dag, ours, _ in random]
    beside = [ours.wall / by_hand.wall for _, ours, by_hand in random]
    unequal = next(
        ours.wall / theirs.wall for dag, (ours, theirs) in found if dag.name == "unequal"
    )
    is_near = median(paths) <= 1.05 and max(paths) <= 1.15
    return Section(
        "Wall time of graphs of calls",
        "Real LiteLLM calls to a local server; 50 to 500 ms per call in the random graphs. One run of each in turn; "
        f"graphs that took more than {DISTURBED:g}x their critical path once more, the least counts. The critical "
        "path is what the latencies alone allow.",
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
        tuple(_row(dag, ours, theirs) for dag, (ours, theirs) in found),
        (
            (
                f"Random graphs, generated / critical path: median {median(paths):.3f}, worst {max(paths):.3f} "
                f"(target 1.05 and 1.15: {verdict(is_near)})."
            ),
            (
                f"Random graphs, generated / by hand: median {median(beside):.2f}x, worst {max(beside):.2f}x "
                f"(target never above 1.02x: {verdict(max(beside) <= 1.02)})."
            ),
            (
                f"Unequal branches, generated / by hand: {unequal:.2f}x (target ≤ 0.75x: {verdict(unequal <= 0.75)}). "
                "In the random graphs the median is the figure to look at: where one long chain decides, plain "
                "LangGraph waits for little, and nothing can be won."
            ),
        ),
    )


def _measured(stage: Stage, graphs: Sequence[Dag]) -> list[tuple[Taken, Taken]]:
    jobs = [pair(stage, dag) for dag in graphs]
    found: list[tuple[Taken, Taken]] = []
    with ExitStack() as stack:
        ours = stack.enter_context(stage.program(env=LATER))
        theirs = stack.enter_context(stage.program())
        for program, first in zip((ours, theirs), jobs[0], strict=True):
            program.run(first)  # the first call of a process imports much
        for dag, (generated, by_hand) in zip(graphs, jobs, strict=True):
            mine, other = ours.run(generated), theirs.run(by_hand)
            if mine.wall > DISTURBED * dag.critical_path:
                mine, other = mine + ours.run(generated), other + theirs.run(by_hand)
            found.append((mine, other))
    return found


def _row(dag: Dag, ours: Taken, theirs: Taken) -> tuple[str, ...]:
    least = dag.critical_path
    return (
        dag.name,
        str(len(dag.calls)),
        f"{least:.2f}",
        f"{ours.wall:.2f}",
        f"{theirs.wall:.2f}",
        ratio(ours.wall, least),
        ratio(theirs.wall, least),
        ratio(ours.wall, theirs.wall),
    )
