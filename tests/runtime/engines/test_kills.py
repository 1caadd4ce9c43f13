"""Workers that are killed or stopped at random: every run ends once, with the result of an undisturbed one.

`AGENTC_TEST_RUNS=2000` makes as many runs as the issue names; the suite makes as many as fit into its time.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.engines.cluster import CALLS, Cluster, cluster, result_of
from tests.support.fake_llm import FakeLLM, Step

RUNS = int(os.environ.get("AGENTC_TEST_RUNS", "0"))
USUAL = {"dbos": 240, "temporal": 80}
WORKERS = 3
LEASE = 6.0
CONCURRENCY = 8
DISTURBANCES = 12 if not RUNS else 24  # about
WINDOW = 3.0  # seconds that a busy machine may need to write down an answer


@pytest.fixture(params=["dbos", "temporal"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def crew(
    engine: str,
    tmp_path: Path,
    fake_llm: FakeLLM,
    postgres_url: str,
    temporal_address: str,
) -> Iterator[Cluster]:
    env = {"AGENTC_CHECKPOINTS": postgres_url, "TEMPORAL_ADDRESS": temporal_address}
    env["AGENTC_WORKER_LEASE"] = str(LEASE)
    name = f"kills_{engine}"
    with cluster(tmp_path, fake_llm, env, name=name, engine=engine, database="postgres") as made:
        yield made


class Disturber(threading.Thread):
    """Kills workers and starts others, and stops some for longer than a lease lasts.

    It follows the progress of the runs, so that a slow machine gets anywhere as well.
    """

    def __init__(self, crew: Cluster, results: Path, count: int) -> None:
        super().__init__()
        self.crew = crew
        self.results = results
        self.step = count / DISTURBANCES
        self.chance = random.Random(count)
        self.done = threading.Event()
        self.workers = [crew.start("worker", *self.options) for _ in range(WORKERS)]
        self.kills = self.stops = 0
        self.disturbances: list[tuple[float, float]] = []

    @property
    def options(self) -> tuple[str, ...]:
        return ("--concurrency", str(CONCURRENCY))

    def run(self) -> None:
        """Disturb until told to end."""
        following = self.step / 2
        while not self.done.wait(0.1):
            if lines(self.results) >= following:
                self.disturb()
                following = lines(self.results) + self.chance.uniform(0.5, 1.5) * self.step

    def disturb(self) -> None:
        """Kill or stop one of the workers."""
        place = self.chance.randrange(WORKERS)
        pid = self.workers[place]
        begin = time.monotonic()
        if self.kills and self.chance.random() < 0.25:
            os.kill(pid, signal.SIGSTOP)
            self.done.wait(2 * LEASE)
            os.kill(pid, signal.SIGCONT)
            self.stops += 1
        else:
            self.crew.kill(pid)
            self.workers[place] = self.crew.start("worker", *self.options)
            self.kills += 1
        self.disturbances.append((begin, time.monotonic()))


def lines(path: Path) -> int:
    """Count the results."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.slow
def test_every_run_ends_once(engine: str, crew: Cluster, fake_llm: FakeLLM) -> None:
    count = RUNS or USUAL[engine]
    fake_llm.always(Step(delay=0.1))
    rows, results = crew.folder / "rows.jsonl", crew.folder / "results.jsonl"
    topics = [f"topic {number}" for number in range(count)]
    rows.write_text("".join(json.dumps({"topic": topic}) + "\n" for topic in topics))
    files = ("--inputs", str(rows), "--output", str(results))
    batch = ("batch", *files, "--engine", engine, "--max-queue", "60")

    disturber = Disturber(crew, results, count)
    begun = time.monotonic()
    first = crew.start(*batch)
    disturber.start()
    try:
        # Whoever collects the results may be killed as well.
        crew.until(lambda: lines(results) > count / 3, 60 + count)
        crew.kill(first)
        ended = crew.call(*batch)
    finally:
        disturber.done.set()
        disturber.join()
    seconds = time.monotonic() - begun

    assert ended.code == 0, ended
    records = [json.loads(line) for line in results.read_text().splitlines()]
    assert [record["index"] for record in records] == list(range(count))
    for record, topic in zip(records, topics, strict=True):
        assert record["status"] == "finished"
        assert record["state"] == result_of(topic)
    counts = crew.queue()
    assert (counts["waiting"], counts["running"], counts["failed"]) == (0, 0, 0)
    assert counts["finished"] == count

    repeated = _repeated_calls(fake_llm, disturber.disturbances)
    print(
        f"{engine}: {count} runs in {seconds:.0f} s, {disturber.kills} kills, {disturber.stops} "
        f"stops, {count * CALLS} calls, {repeated} of them made again"
    )
    assert disturber.kills
    # What was on its way when a worker died is asked again: two calls of each of its runs.
    assert repeated <= 2 * CONCURRENCY * len(disturber.disturbances)


def _repeated_calls(fake: FakeLLM, disturbances: list[tuple[float, float]]) -> int:
    """Count the calls that were made again; none may be whose answer came at a quiet time."""
    last: dict[str, float] = {}
    repeated = 0
    for prompt, _, answered in sorted(fake.timeline, key=lambda each: each[1]):
        if prompt in last:
            repeated += 1
            quiet = min(
                max(begin - last[prompt], last[prompt] - end) for begin, end in disturbances
            )
            assert quiet < WINDOW, f"{prompt!r}: answered {quiet:.1f} s from any kill, asked again"
        last[prompt] = answered
    return repeated
