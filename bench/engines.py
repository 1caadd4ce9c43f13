"""Workers on DBOS and on Temporal: throughput with 1, 2 and 4, beside workers written by hand; bytes per run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.crew import Crew, Taken, crew
from bench.measure import ROOT
from bench.report import Section, ratio
from compiler import api
from tests.support.fake_llm.remote import FakeLLMProcess
from tests.support.fake_llm.script import Step
from tests.support.postgres import postgres_server
from tests.support.temporal import temporal_server

if TYPE_CHECKING:
    import psycopg

CONCURRENCY = 20
WORKERS = (1, 2, 4)
LATENCY = 0.1
WARM = 30  # runs for each worker that count for nothing
ROUNDS = 3

WORKFLOW = """flow: {{name: {name}}}
models:
  fast: {{provider: openai, model: gpt-4.1-nano}}
config:
  llm: fast
  execution: {{engine: {engine}, checkpoint: postgres}}
  observability: {{mlflow: {{enabled: false}}}}
state:
  topic: {{type: str, required: true}}
  f_n0: str
  f_n1: str
  f_n2: str
nodes:
  - {{id: n0, prompt: "[n0]\\nAbout {{topic}}: \\nOne short line.", outputs: [f_n0]}}
  - {{id: n1, prompt: "[n1]\\nAbout {{topic}}: {{f_n0}}\\nOne short line.", outputs: [f_n1]}}
  - {{id: n2, prompt: "[n2]\\nAbout {{topic}}: {{f_n1}}\\nOne short line.", outputs: [f_n2]}}
edges: [START -> n0 -> n1 -> n2 -> END]
"""
# Tables of one run's bytes; what is written once and for all is too little to count.
PARTS = {
    "checkpoints and journal": "checkpoint%|agentc_journal",
    "queue (DBOS)": "workflow_%|operation_%",
    "workers and leases": "agentc_workers|agentc_leases",
}


def sections(folder: Path, *, quick: bool) -> list[Section]:
    """Measure both engines."""
    runs = 40 if quick else 120
    with FakeLLMProcess() as fake, temporal_server() as temporal:
        fake.always(Step(delay=LATENCY))
        rows: list[tuple[str, ...]] = []
        sizes: list[tuple[str, ...]] = []
        for engine in ("dbos", "temporal"):
            name = f"bench_{engine}"
            _generate(folder / name, WORKFLOW.format(name=name, engine=engine))
            for workers in WORKERS[:2] if quick else WORKERS:
                # A server of its own for each: an old database is slower.
                with postgres_server() as for_hand, postgres_server() as for_ours:
                    env = {**fake.env(), "TEMPORAL_ADDRESS": temporal}
                    by_hand = _by_hand(engine, workers, {**env, "BENCH_DATABASE": for_hand})
                    env["AGENTC_CHECKPOINTS"] = for_ours
                    generated = _generated(folder / name, name, workers, env)
                    with by_hand as one, generated as other:
                        one.stand_still()
                        hand, ours = _measured([one, other], workers, runs)
                    if workers == WORKERS[0]:
                        done = ROUNDS * runs + WARM * workers
                        sizes.append((engine, *_sizes(for_ours, done)))
                rows.append(
                    (
                        engine,
                        str(workers),
                        f"{ROUNDS} x {runs}",
                        f"{runs / ours.wall:.1f}",
                        f"{runs / hand.wall:.1f}",
                        ratio(hand.wall, ours.wall),
                        f"{1e3 * ours.cpu / runs:.0f}",
                        f"{1e3 * hand.cpu / runs:.0f}",
                        ratio(ours.cpu, hand.cpu),
                        f"{ours.memory:.0f}",
                    )
                )
    return [_throughput(rows), _bytes(sizes)]


def _throughput(rows: Sequence[tuple[str, ...]]) -> Section:
    return Section(
        "Workers on DBOS and Temporal",
        f"Runs of three calls in a row of {1e3 * LATENCY:.0f} ms, saved in PostgreSQL, {CONCURRENCY} at a time in each "
        "worker, from the first submission to the last result. By hand: the same graph and engine, `run_once` in one "
        "step or activity, without leases, journal and rescue of dead workers' runs. Both in turn, the ones frozen while the "
        "others work: the median of the throughput, the least CPU. Database, engine, fake models and all workers share "
        "the cores of this machine, so more workers than cores cannot be faster.",
        (
            "engine",
            "workers",
            "runs",
            "generated, runs/s",
            "by hand, runs/s",
            "throughput, generated / by hand",
            "generated, ms CPU per run",
            "by hand, ms CPU per run",
            "CPU, generated / by hand",
            "memory of a worker, MB",
        ),
        tuple(rows),
    )


def _bytes(rows: Sequence[tuple[str, ...]]) -> Section:
    return Section(
        "Bytes of a run in PostgreSQL",
        "The growth of the tables with their indexes and what is dead in them, per run of three short answers. Temporal keeps its queue in "
        "databases of its own.",
        ("engine", *PARTS),
        tuple(rows),
    )


def _generate(folder: Path, text: str) -> None:
    analysis = api.check_bytes(f"{folder.name}.yaml", text.encode(), folder)
    for path, file in api.build(analysis).files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8")


@contextmanager
def _by_hand(engine: str, workers: int, env: dict[str, str]) -> Iterator[Crew]:
    program = ["-m", f"bench.handwritten.with_{engine}"]
    worker = [*program, "worker", str(CONCURRENCY)]
    with crew(worker, "ready", [*program, "fill"], workers, env, ROOT) as made:
        yield made


@contextmanager
def _generated(folder: Path, name: str, workers: int, env: dict[str, str]) -> Iterator[Crew]:
    worker = ["-m", name, "worker", "--concurrency", str(CONCURRENCY)]
    fill = [str(ROOT / "bench" / "filling.py"), name]
    with crew(worker, "takes runs", fill, workers, env, folder) as made:
        yield made


def _measured(crews: Sequence[Crew], workers: int, runs: int) -> list[Taken]:
    """Have each crew do the runs several times, in turn; return for each the median of its wall seconds and its
    least CPU seconds and memory.

    First all their workers do some: LiteLLM loads much of itself at the first call.
    """
    for each in crews:
        each.take(WARM * workers)
    rounds = [[each.take(runs) for each in crews] for _ in range(ROUNDS)]
    return [
        Taken(
            median(each.wall for each in taken),
            min(each.cpu for each in taken),
            min(each.memory for each in taken),
        )
        for taken in zip(*rounds, strict=True)
    ]


def _sizes(address: str, runs: int) -> Iterator[str]:
    """Yield the bytes per run of each part."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for patterns in PARTS.values():
            likes = " OR ".join("relname LIKE %s" for _ in patterns.split("|"))
            tables = connection.execute(
                f"SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND ({likes})".encode(),
                patterns.split("|"),
            ).fetchall()
            grown = sum(_growth(connection, name) for [name] in tables)
            yield f"{grown / runs:,.0f}"


def _growth(connection: psycopg.Connection[tuple[Any, ...]], table: str) -> int:
    """Return how many bytes a table has more than an empty one, indexes included."""
    connection.execute(f"CREATE TABLE empty (LIKE {table} INCLUDING ALL)".encode())
    row = connection.execute(
        "SELECT pg_total_relation_size(%s::regclass) - pg_total_relation_size('empty')", (table,)
    ).fetchone()
    connection.execute("DROP TABLE empty")
    assert row is not None
    return int(row[0])
