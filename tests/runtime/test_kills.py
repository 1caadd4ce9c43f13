"""`kill -9` of saved runs at node boundaries and at random times, also in maps and parallel branches.

After each kill the run is continued. Its result must be that of an undisturbed run; a step or a model call whose
result was on disk when the kill came must not be made again. (LangGraph writes results down beside the run, so what
ended in the very last moments before a kill is made again like what was going on.)
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_llm import FakeLLM, Step
from tests.support.project import ROOT, build_project, clean_environment

WORKFLOW = """
flow: {name: report}
state:
  topic: {type: str, required: true}
  topics: list[str]
  facts: str
  style: str
  findings: list[str]
  text: str
  final: str
nodes:
  - {id: outline, function: "./hooks.py:outline", outputs: [topics]}
  - {id: collect, prompt: "Facts about {topic}", outputs: [facts]}
  - {id: pick_style, function: "./hooks.py:pick_style", outputs: [style]}
  - id: investigate
    prompt: "Investigate {item} with {facts}"
    foreach: {in: state.topics, collect: findings, max_concurrency: 3}
    outputs: [finding]
    output_schema: {type: str}
  - {id: write, prompt: "Write {findings} as {style}", outputs: [text]}
  - {id: publish, function: "./hooks.py:publish", outputs: [final]}
edges:
  - START -> outline -> [collect, pick_style]
  - collect -> investigate -> write
  - pick_style -> write
  - write -> publish -> END
config:
  llm: {provider: openai, model: gpt-4o-mini}
  execution: {checkpoint: sqlite}
  observability: {mlflow: {enabled: false}}
"""

HOOKS = """
import asyncio

async def outline(topic: str) -> list[str]:
    await asyncio.sleep(0.02)
    return [f"{topic} {number}" for number in range(7)]

async def pick_style(topics: list[str]) -> str:
    await asyncio.sleep(0.12)
    return "plain-style"

async def publish(text: str) -> str:
    await asyncio.sleep(0.02)
    return text.upper()
"""


@dataclass
class Killer:
    """Runs the package in forked processes and kills them."""

    process: subprocess.Popen[str]
    folder: Path
    fake: FakeLLM

    def go(
        self, thread: str, *, lines: int | None = None, seconds: float | None = None
    ) -> dict[str, object]:
        """Run or continue a thread; kill it after so many lines of its log or so many seconds."""
        order = {"thread": thread, "inputs": {"topic": "tea"}, "folder": str(self.folder)}
        order |= {"lines": lines, "seconds": seconds}  # type: ignore[dict-item]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, object] = json.loads(self.process.stdout.readline())
        return answer

    def log(self) -> list[tuple[str, str]]:
        """Return what has happened since the last call."""
        path = self.folder / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [(kind, node) for kind, _, node in (line.partition(" ") for line in lines)]


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory, fake_server: FakeLLM) -> Iterator[Killer]:
    folder = tmp_path_factory.mktemp("report")
    (folder / "report.yaml").write_text(WORKFLOW)
    (folder / "hooks.py").write_text(HOOKS)
    project = build_project(folder / "report.yaml", folder / "out")
    paths = f"{project.folder}:{ROOT}"
    env = clean_environment({"PYTHONPATH": paths}) | fake_server.env()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.forked_runs", project.package],
        cwd=folder,
        env={**env, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    fake_server.reset()
    fake_server.always(Step(delay=0.03))
    yield Killer(process, folder, fake_server)
    process.stdin.close()  # type: ignore[union-attr]  # it has one
    process.wait(timeout=30)


@dataclass(frozen=True)
class Undisturbed:
    """What a run gives that nobody kills."""

    state: dict[str, Any]
    events: list[tuple[str, str]]
    calls: Counter[str]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(killer: Killer) -> Undisturbed:
    killer.go("warm-up")
    killer.log()
    before = len(killer.fake.requests)
    started = time.monotonic()
    done = killer.go("undisturbed")
    seconds = time.monotonic() - started
    assert isinstance(done["state"], dict)
    calls = Counter(request.prompt for request in killer.fake.requests[before:])
    assert sum(calls.values()) == 9
    return Undisturbed(done["state"], killer.log(), calls, seconds)


def results(undisturbed: Undisturbed) -> dict[str, str]:
    """Return what tells on disk that a step (by its name) or a call (by its prompt) is done."""
    state = undisturbed.state
    found = {"outline": "tea 6", "pick_style": "plain-style", "publish": str(state["final"])}
    for prompt in undisturbed.calls:
        item = re.search(r"Investigate tea (\d)", prompt)
        if item is not None:
            found[prompt] = state["findings"][int(item[1])]
        else:
            found[prompt] = state["facts"] if prompt.startswith("Facts") else state["text"]
    assert len(set(found.values())) == len(found)
    return found


def on_disk(killer: Killer, thread: str) -> bytes:
    """Return all that is saved of a thread."""
    with contextlib.closing(sqlite3.connect(killer.folder / "runs.sqlite")) as db:
        db.text_factory = bytes
        try:
            saved = [
                *db.execute("SELECT checkpoint FROM checkpoints WHERE thread_id = ?", (thread,)),
                *db.execute("SELECT value FROM writes WHERE thread_id = ?", (thread,)),
            ]
        except sqlite3.OperationalError:  # killed before there were tables
            return b""
    return b"".join(value for [value] in saved if value)


def survive(
    killer: Killer, undisturbed: Undisturbed, thread: str, kills: list[dict[str, float]]
) -> int:
    """Run a thread with these kills and then to its end; return how often it was killed."""
    first = len(killer.fake.requests)
    killed = 0
    done_at: dict[str, int] = {}
    made: Counter[str] = Counter()
    for when in [*kills, {}]:
        answer = killer.go(thread, **when)  # type: ignore[arg-type]  # lines or seconds
        made.update(node for kind, node in killer.log() if kind == "NodeStarted")
        calls = Counter(request.prompt for request in killer.fake.requests[first:])
        if answer["state"] is not None:
            break
        assert answer["killed"], "the run ended without a result"
        killed += 1
        saved = on_disk(killer, thread)
        for name, result in results(undisturbed).items():
            if result.encode() in saved:
                done_at.setdefault(name, (made + calls)[name])
    assert answer["state"] == undisturbed.state
    assert set(calls) == set(undisturbed.calls)
    for name, times in done_at.items():
        assert (made + calls)[name] == times, f"`{name}` was saved and made again: {kills}"
    return killed


def test_some_kills(killer: Killer, undisturbed: Undisturbed) -> None:
    number = len(undisturbed.events)
    places = range(1, number, max(1, number // 6))
    killed = sum(
        survive(killer, undisturbed, f"some-{place}", [{"lines": place}]) for place in places
    )
    chance = random.Random(1)
    kills = [{"seconds": chance.uniform(0.1, 0.6) * undisturbed.seconds} for _ in range(5)]
    killed += survive(killer, undisturbed, "some-random", kills)
    assert killed >= 8


@pytest.mark.slow
def test_a_kill_at_every_boundary(killer: Killer, undisturbed: Undisturbed) -> None:
    places = range(1, len(undisturbed.events))
    killed = 0
    for place in places:
        for again in (1, 2, 4):  # killed once more a little later
            kills: list[dict[str, float]] = [{"lines": place}, {"lines": again}]
            killed += survive(killer, undisturbed, f"every-{place}-{again}", kills)
    assert killed >= 2 * len(places)


@pytest.mark.slow
def test_two_hundred_kills_at_random_times(killer: Killer, undisturbed: Undisturbed) -> None:
    killed = rounds = 0
    while killed < 200:
        chance = random.Random(rounds)
        kills = [
            {"seconds": chance.uniform(0.02, 1.0) * undisturbed.seconds}
            for _ in range(chance.randint(1, 6))
        ]
        killed += survive(killer, undisturbed, f"random-{rounds}", kills)
        rounds += 1
        assert rounds < 400
