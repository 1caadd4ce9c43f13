"""Two workflows whose workers share one database and one engine have names of their own there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.engines.cluster import cluster
from tests.support.fake_llm import FakeLLM
from tests.support.postgres import new_database

WORKFLOW = """
flow: {{name: {name}}}
state:
  topic: {{type: str, required: true}}
  text: str
  verdict: str
nodes:
  - {{id: write, function: "./hooks.py:write", outputs: [text]}}
  - {{id: check, ask: "Is {{text}} fine?", outputs: [verdict]}}
config:
  execution: {{checkpoint: postgres, engine: {engine}}}
  observability: {{mlflow: {{enabled: false}}}}
"""
HOOKS = """
import asyncio
from pathlib import Path

async def write(topic: str) -> str:
    Path("begun").touch()
    while not Path("go").exists():
        await asyncio.sleep(0.05)
    return f"a text on {topic}"
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["dbos", "temporal"])
def test_a_name_means_the_run_of_its_workflow(
    engine: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    fake_server: FakeLLM,
    postgres_url: str,
) -> None:
    env = {"AGENTC_CHECKPOINTS": new_database(postgres_url)}
    if engine == "temporal":
        env["TEMPORAL_ADDRESS"] = request.getfixturevalue("temporal_address")
    resume = ("resume", "--thread", "order-17", "--json")
    with (
        cluster(
            tmp_path / "1", fake_server, env, WORKFLOW, HOOKS, name="tea", engine=engine
        ) as tea,
        cluster(
            tmp_path / "2", fake_server, env, WORKFLOW, HOOKS, name="ale", engine=engine
        ) as ale,
    ):
        submit = ("submit", "-i", "topic=drinks", "--id", "order-17", "--json")
        for crew in (tea, ale):
            crew.worker()
            assert json.loads(crew.ok(*submit)) == {"id": "order-17", "status": "queued"}
            crew.until((crew.folder / "begun").exists)  # neither waits for the other
        tea.ok("cancel", "order-17")
        (ale.folder / "go").touch()
        asked = json.loads(ale.call(*submit, "--wait").out)
        assert (asked["thread"], asked["ask"]) == ("order-17", "Is a text on drinks fine?")
        done = ale.ok(*resume, "--answer", "of course")
        assert json.loads(done)["verdict"] == "of course"
        # Temporal shows with a delay what has ended.
        tea.until(lambda: tea.ok("prune", "--days", "0") == "1 runs deleted\n")
        assert "there is no saved run `order-17`" in tea.call(*resume).err
        assert ale.ok(*resume) == done
