"""Workers that are killed or stopped at random: every run ends once, with the result it has without an engine.

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
from statistics import quantiles

import pytest

from tests.runtime.engines.cluster import CALLS, Cluster, cluster, run_in_process
from tests.runtime.engines.written import WrittenAnswers, noted_answers
from tests.support.fake_llm import FakeLLM, Step
from tests.support.fake_llm.answers import text_for

RUNS = int(os.environ.get("AGENTC_TEST_RUNS", "0"))
USUAL = {"dbos": 240, "temporal": 80}
WORKERS = 3
LEASE = 6.0
CONCURRENCY = 8
DISTURBANCES = 12 if not RUNS else 24  # about
WAKING = 2.0  # seconds that a worker that was stopped needs to notice what it has lost


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


@pytest.fixture
def written(postgres_url: str) -> Iterator[WrittenAnswers]:
    with noted_answers(postgres_url) as noted:
        yield noted


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
        self.kills = 0
        self.continued: list[float] = []  # when stopped workers went on

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
        if self.kills and self.chance.random() < 0.25:
            os.kill(pid, signal.SIGSTOP)
            self.done.wait(2 * LEASE)
            self.continued.append(time.monotonic())
            os.kill(pid, signal.SIGCONT)
        else:
            self.crew.kill(pid)
            self.workers[place] = self.crew.start("worker", *self.options)
            self.kills += 1


def lines(path: Path) -> int:
    """Count the results."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.slow
def test_every_run_ends_once(
    engine: str, crew: Cluster, written: WrittenAnswers, fake_llm: FakeLLM
) -> None:
    count = RUNS or USUAL[engine]
    rows, results = crew.folder / "rows.jsonl", crew.folder / "results.jsonl"
    topics = [f"topic {number}" for number in range(count)]
    rows.write_text("".join(json.dumps({"topic": topic}) + "\n" for topic in topics))
    expected = run_in_process(crew.folder / "undisturbed", fake_llm, rows)
    fake_llm.reset()
    fake_llm.always(Step(delay=0.1))
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
    assert {record["status"] for record in records} == {"finished"}
    assert [record["state"] for record in records] == expected
    counts = crew.queue()
    assert (counts["waiting"], counts["running"], counts["failed"]) == (0, 0, 0)
    assert counts["finished"] == count

    stops = len(disturber.continued)
    repeated, late = _repeated_calls(fake_llm, written, disturber.continued)
    print(
        f"{engine}: {count} runs in {seconds:.0f} s, {disturber.kills} kills, {stops} stops, "
        f"{count * CALLS} calls, {repeated} of them made again and {late} too late, answers "
        f"written {_delays(fake_llm, written)}"
    )
    assert disturber.kills
    # What was on its way when a worker died is asked again: two calls of each of its runs.
    assert repeated <= 2 * CONCURRENCY * (disturber.kills + stops)
    assert late <= 2 * CONCURRENCY * stops


def _repeated_calls(
    fake: FakeLLM, written: WrittenAnswers, continued: list[float]
) -> tuple[int, int]:
    """Count the calls that were made again, and those that had been answered and written down then.

    There may be none of the latter, but of a worker that was stopped after it had looked at its
    lease and before it asked: nothing can take such a question back when it goes on.
    """
    epoch = time.time() - time.monotonic()
    times = written.times()
    prompts = {prompt for prompt, _, _ in fake.timeline}
    assert times.keys() == {text_for(prompt) for prompt in prompts}
    assert [answers for answers in times.values() if len(answers) != 1] == []
    late = 0
    for prompt, came, _ in fake.timeline:
        since = came + epoch - times[text_for(prompt)][0]
        if since > 0:
            late += 1
            is_waking = any(0 <= came - each < WAKING for each in continued)
            assert is_waking, f"{prompt!r} was asked {since:.3f} s after its answer was written"
    return len(fake.timeline) - len(prompts) - late, late


def _delays(fake: FakeLLM, written: WrittenAnswers) -> str:
    """Say how long it took from an answer's coming until it was written down."""
    epoch = time.time() - time.monotonic()
    times = written.times()
    delays = []
    for prompt, came, answered in fake.timeline:
        [at] = times[text_for(prompt)]
        if came + epoch < at:
            delays.append(at - answered - epoch)
    hundredths = quantiles(delays, n=100)
    return f"after {1e3 * hundredths[49]:.0f} ms (median), {1e3 * hundredths[98]:.0f} ms (99 %)"
