"""Workers on DBOS and on Temporal: throughput with 1, 2 and 4, beside workers written by hand; bytes per run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import ROOT, environment
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
WARM = 20  # runs that count for nothing

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
    runs = 40 if quick else 200
    with FakeLLMProcess() as fake, temporal_server() as temporal:
        fake.always(Step(delay=LATENCY))
        rows: list[tuple[str, ...]] = []
        sizes: list[tuple[str, ...]] = []
        for engine in ("dbos", "temporal"):
            name = f"bench_{engine}"
            _generate(folder / name, WORKFLOW.format(name=name, engine=engine))
            for workers in WORKERS[:2] if quick else WORKERS:
                # A database of its own for each: an old one is slower.
                with postgres_server() as address:
                    env = {**fake.env(), "TEMPORAL_ADDRESS": temporal}
                    env |= {"AGENTC_CHECKPOINTS": address, "BENCH_DATABASE": address}
                    hand = _by_hand(engine, workers, runs, env)
                with postgres_server() as address:
                    env["AGENTC_CHECKPOINTS"] = address
                    ours = _generated(folder / name, name, workers, runs, env)
                    if workers == WORKERS[0]:
                        sizes.append((engine, *_sizes(address, runs)))
                rows.append(
                    (
                        engine,
                        str(workers),
                        str(runs),
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
        "step or activity, without leases, journal and rescue of dead workers' runs. Database, engine, fake "
        "models and all workers share the cores of this machine, so more workers than cores cannot be faster.",
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


@dataclass(frozen=True)
class Taken:
    """What some runs took: wall seconds, CPU seconds of all workers, the memory of one in MB."""

    wall: float
    cpu: float
    memory: float


def _by_hand(engine: str, workers: int, runs: int, env: dict[str, str]) -> Taken:
    program = ["-m", f"bench.handwritten.with_{engine}"]
    worker = [*program, "worker", str(CONCURRENCY)]
    fill = [*program, "fill"]
    return _taken([worker] * workers, "ready", fill, runs, env, ROOT)


def _generated(folder: Path, name: str, workers: int, runs: int, env: dict[str, str]) -> Taken:
    worker = ["-m", name, "worker", "--concurrency", str(CONCURRENCY)]
    fill = [str(ROOT / "bench" / "filling.py"), name]
    return _taken([worker] * workers, "takes runs", fill, runs, env, folder)


def _taken(
    workers: list[list[str]],
    sign: str,
    fill: list[str],
    runs: int,
    env: dict[str, str],
    folder: Path,
) -> Taken:
    """Start workers and fill their queue: first with a few runs that warm everything up."""
    with ExitStack() as stack:
        pids = [stack.enter_context(_started(each, env, folder, sign)) for each in workers]
        _answer([*fill, str(WARM)], env, folder)
        before = sum(map(_cpu, pids))
        wall = _answer([*fill, str(runs)], env, folder)
        return Taken(wall, sum(map(_cpu, pids)) - before, max(map(_memory, pids)))


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Return the memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def _started(arguments: list[str], env: dict[str, str], folder: Path, sign: str) -> Iterator[int]:
    """Start a program and wait for its sign that it is ready; kill it afterwards."""
    path = {"PYTHONPATH": f"{folder}:{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment({**env, **path}),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if sign in line:
                break
        else:
            raise RuntimeError(f"{arguments} did not start")
        time.sleep(2.0)
        yield process.pid
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def _answer(arguments: list[str], env: dict[str, str], folder: Path) -> float:
    """Run a program and return the number it prints last."""
    path = {"PYTHONPATH": f"{folder}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment({**env, **path}),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr}")
    return float(done.stdout.split()[-1])


def _sizes(address: str, runs: int) -> Iterator[str]:
    """Yield the bytes per run of each part; the runs that warm up count as well."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for patterns in PARTS.values():
            likes = " OR ".join("relname LIKE %s" for _ in patterns.split("|"))
            tables = connection.execute(
                f"SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND ({likes})".encode(),
                patterns.split("|"),
            ).fetchall()
            grown = sum(_growth(connection, name) for [name] in tables)
            yield f"{grown / (runs + WARM):,.0f}"


def _growth(connection: psycopg.Connection[tuple[Any, ...]], table: str) -> int:
    """Return how many bytes a table has more than an empty one, indexes included."""
    connection.execute(f"CREATE TABLE empty (LIKE {table} INCLUDING ALL)".encode())
    row = connection.execute(
        "SELECT pg_total_relation_size(%s::regclass) - pg_total_relation_size('empty')", (table,)
    ).fetchone()
    connection.execute("DROP TABLE empty")
    assert row is not None
    return int(row[0])
