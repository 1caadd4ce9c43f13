"""`kill -9` of saved runs at every event and at random times, also in maps, parallel branches and agents.

After each kill the run is continued. Its result must be that of an undisturbed run, and no model call is paid twice:
what the journal on disk holds when a kill comes is never asked for again. Each life of a run has an API key of its
own, so the model server knows which life asked what.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runtime_stubs.saved_name import saved_name
from tests.support.fake_llm import FakeLLM, Step, ToolUse
from tests.support.fake_llm.answers import text_for
from tests.support.project import ROOT, build_project, clean_environment
from tests.support.run_stores import RunStore, run_store

STATE = """
flow: {name: report}
state:
  topic: {type: str, required: true}
  topics: list[str]
  facts: str
  style: str
  findings: list[str]
  advice: str
  text: str
  final: str
tools:
  stock:
    function: "./hooks.py:stock"
    description: How much there is of something.
nodes:
  - {id: outline, function: "./hooks.py:outline", outputs: [topics]}
  - {id: collect, prompt: "Facts about {topic}AFTER_OUTLINE", outputs: [facts]}
  - {id: pick_style, function: "./hooks.py:pick_style", outputs: [style]}
  - id: investigate
    prompt: "Investigate {item} with {facts}AFTER_STYLE"
    foreach: {in: state.topics, collect: findings, max_concurrency: AT_A_TIME}
    outputs: [finding]
    output_schema: {type: str}
  - {id: advise, prompt: "Advise on {topic} as {style}AFTER_FINDINGS", tools: [stock], outputs: [advice]}
  - {id: write, prompt: "Write {findings} with {advice}", outputs: [text]}
  - {id: publish, function: "./hooks.py:publish", outputs: [final]}
"""
BESIDE = """
edges:
  - START -> outline -> [collect, pick_style]
  - collect -> investigate -> write
  - pick_style -> advise -> write
  - write -> publish -> END
"""
ONE_BY_ONE = """
edges: [START -> outline -> collect -> pick_style -> investigate -> advise -> write -> publish -> END]
"""
# What a step reads keeps it after the steps before: those that need not wait for each other would not.
NEEDS = {
    "AFTER_OUTLINE": " and {topics}",
    "AFTER_FACTS": "facts: str",
    "AFTER_STYLE": " as {style}",
    "AFTER_FINDINGS": " after {findings}",
    "AT_A_TIME": "1",
}
NEEDS_NOT = dict.fromkeys(NEEDS, "") | {"AFTER_FACTS": "topics: list[str]", "AT_A_TIME": "3"}
CONFIG = """
config:
  llm: {provider: openai, model: gpt-4o-mini}
  execution: {checkpoint: KIND, max_steps: 7, budget: {max_llm_calls: 11}}
  observability: {mlflow: {enabled: false}}
"""

HOOKS = """
import asyncio

async def outline(topic: str) -> list[str]:
    await asyncio.sleep(0.02)
    return [f"{topic} {number}" for number in range(7)]

async def pick_style(AFTER_FACTS) -> str:
    await asyncio.sleep(0.05)
    return "plain-style"

async def publish(text: str) -> str:
    await asyncio.sleep(0.02)
    return text.upper()

async def stock(article: str) -> str:
    with open("effects", "a") as effects:
        effects.write(article + "\\n")
    return f"There are 12 of {article}"
"""
CALLS = 11  # of an undisturbed run: 7 items, 2 turns of the agent, 2 others
TOOL_CALL = Step(delay=0.03, tool_calls=[ToolUse("stock", {"article": "green tea"})])


@dataclass
class Killer:
    """Runs the package in forked processes and kills them."""

    process: subprocess.Popen[str]
    folder: Path
    fake: FakeLLM
    store: RunStore
    one_by_one: bool
    lives: int = 0

    def go(self, thread: str, kill: dict[str, float]) -> dict[str, Any]:
        """Run or continue a thread in a new life; kill it at an event or after some seconds."""
        self.lives += 1
        order = {"thread": thread, "inputs": {"topic": "tea"}, "folder": str(self.folder)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({**order, **kill, "key": f"life-{self.lives}"}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def log(self, name: str = "log") -> list[str]:
        """Return the lines that lives have left since the last call."""
        path = self.folder / name
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def asked(self, since: int) -> list[tuple[int, str]]:
        """Return the requests of lives after number `since`: life and prompt."""
        requests = [
            (int(each.headers["authorization"].rpartition("-")[2]), each.prompt)
            for each in self.fake.requests
        ]
        return [request for request in requests if request[0] > since]

    def recorded(self, thread: str) -> list[str]:
        """Return what the journal on disk holds."""

        async def contents() -> list[str]:
            async with self.store.checkpoints().open() as opened:
                name, journals = saved_name("report", thread), opened.journals
                return [await journals.read(name, key) for key in await journals.places(name)]

        return asyncio.run(contents())


SLOW = pytest.mark.slow


@pytest.fixture(
    scope="module",
    params=[
        ("sqlite", "beside"),
        ("sqlite", "one_by_one"),
        ("redis", "beside"),
        pytest.param(("redis", "one_by_one"), marks=SLOW),
        pytest.param(("postgres", "beside"), marks=SLOW),
    ],
    ids="-".join,
)
def killer(
    tmp_path_factory: pytest.TempPathFactory, fake_server: FakeLLM, request: Any
) -> Iterator[Killer]:
    folder = tmp_path_factory.mktemp("report")
    kind, order = request.param
    store = run_store(kind, folder, request)
    one_by_one = order == "one_by_one"
    config = CONFIG.replace("KIND", kind)
    texts = {"report.yaml": STATE + (ONE_BY_ONE if one_by_one else BESIDE) + config}
    for name, text in (texts | {"hooks.py": HOOKS}).items():
        for word, need in (NEEDS if one_by_one else NEEDS_NOT).items():
            text = text.replace(word, need)
        (folder / name).write_text(text)
    project = build_project(folder / "report.yaml", folder / "out")
    paths = f"{project.folder}:{ROOT}"
    env = clean_environment({"PYTHONPATH": paths}) | fake_server.env()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.forked_runs", project.package],
        cwd=folder,
        env={
            **env,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "AGENTC_CHECKPOINTS": store.address,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    fake_server.reset()
    fake_server.always(Step(delay=0.03), match="There are 12 of")
    fake_server.always(TOOL_CALL, match="Advise on")
    fake_server.always(Step(delay=0.03))
    yield Killer(process, folder, fake_server, store, one_by_one)
    process.stdin.close()  # type: ignore[union-attr]  # it has one
    process.wait(timeout=30)


@dataclass(frozen=True)
class Undisturbed:
    """What a run gives that nobody kills."""

    state: dict[str, Any]
    events: list[str]
    prompts: list[str]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(killer: Killer) -> Undisturbed:
    killer.go("warm-up", {})
    killer.log()
    killer.log("effects")
    before, started = killer.lives, time.monotonic()
    done = killer.go("undisturbed", {})
    seconds = time.monotonic() - started
    prompts = [prompt for _, prompt in killer.asked(before)]
    assert len(prompts) == len(set(prompts)) == CALLS
    assert killer.log("effects") == ["green tea"]
    return Undisturbed(done["state"], killer.log(), prompts, seconds)


@dataclass
class Survived:
    """What happened to one thread; `repeated`: requests beyond those of an undisturbed run."""

    killed: int = 0
    repeated: int = 0


def survive(
    killer: Killer, undisturbed: Undisturbed, thread: str, kills: list[dict[str, float]]
) -> Survived:
    """Run a thread with these kills and then to its end."""
    born = killer.lives
    found = Survived()
    told, published = 0, False
    finished_in: dict[str, int] = {}  # calls that had finished when this life was killed
    for when in [*kills, {}]:
        answer = killer.go(thread, when)
        if answer["state"] is not None:
            break
        assert answer["killed"], "the run ended without a result"
        found.killed += 1
        records = killer.recorded(thread)
        lines = killer.log()
        told += sum(line.startswith(("ModelCalled", "ToolCalled")) for line in lines)
        published = published or "NodeFinished publish" in lines
        was_done = published and not records  # the journal is cleared at the end
        assert was_done or told <= sum(map(bool, records)), "told before it was on disk"
        for prompt in undisturbed.prompts:
            if was_done or any(stands_for(record, prompt) for record in records):
                finished_in.setdefault(prompt, killer.lives)
        effects = killer.log("effects")
        tool_was_called = any('"result": "There are 12' in record for record in records)
        assert len(effects) <= 1
        if tool_was_called:
            found_before = finished_in.setdefault("the tool", killer.lives)
            assert not effects or found_before == killer.lives
    assert answer["state"] == undisturbed.state
    assert killer.recorded(thread) == []
    asked = killer.asked(born)
    assert max(Counter(asked).values()) == 1  # no life asks the same thing twice
    assert {prompt for _, prompt in asked} == set(undisturbed.prompts)
    for life, prompt in asked:
        assert life <= finished_in.get(prompt, life), f"`{prompt}` was paid again: {kills}"
    if "the tool" in finished_in:
        assert killer.log("effects") == []
    killer.log("effects")
    killer.log()
    found.repeated = len(asked) - CALLS
    return found


def stands_for(record: str, prompt: str) -> bool:
    """Whether a record is the answer to a prompt."""
    if prompt.startswith("Advise") and "There are 12" not in prompt:  # the agent's first turn
        return '"requests": [[' in record
    return f'"text": {json.dumps(text_for(prompt))}' in record


def test_some_kills(killer: Killer, undisturbed: Undisturbed) -> None:
    number = len(undisturbed.events)
    places = range(1, number, max(1, number // 6))
    killed = sum(
        survive(killer, undisturbed, f"some-{place}", [{"events": place}]).killed
        for place in places
    )
    chance = random.Random(1)
    kills = [{"seconds": chance.uniform(0.1, 0.6) * undisturbed.seconds} for _ in range(5)]
    killed += survive(killer, undisturbed, "some-random", kills).killed
    assert killed >= 8


@pytest.mark.slow
def test_a_kill_at_every_event(killer: Killer, undisturbed: Undisturbed) -> None:
    """Where calls are made one by one, none is in the air at an event: then none is repeated.

    On SQLite it is every event. The other stores have the same journal: there it is every fourth.
    """
    step = 1 if killer.store.kind == "sqlite" else 4
    for place in range(1, len(undisturbed.events) + 1, step):
        kills: list[dict[str, float]] = [{"events": place}, {"events": 2}]
        found = survive(killer, undisturbed, f"every-{place}", kills)
        assert found.killed >= 1
        if killer.one_by_one:
            assert found.repeated == 0, undisturbed.events[place - 1]


@pytest.mark.slow
def test_two_hundred_kills_at_random_times(killer: Killer, undisturbed: Undisturbed) -> None:
    killed = repeated = rounds = 0
    while killed < (100 if killer.store.kind == "sqlite" else 15):  # for each of the workflows
        chance = random.Random(rounds)
        kills = [
            {"seconds": chance.uniform(0.02, 1.0) * undisturbed.seconds}
            for _ in range(chance.randint(1, 6))
        ]
        found = survive(killer, undisturbed, f"random-{rounds}", kills)
        killed += found.killed
        repeated += found.repeated
        rounds += 1
        assert rounds < 300
    print(f"{killed} kills, {repeated} calls in the air")
