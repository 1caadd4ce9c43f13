"""Which database runs are saved in, and what stands beside a deployed agent for that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler import api

FLOW = """
flow: {name: greet}
state:
  topic: {type: str, required: true}
  text: str
nodes:
  - NODE
config:
  storage: {backend: "BACKEND"}
  execution: {checkpoint: CHECKPOINT}
"""
SET = "{id: write, set: {text: topic}}"
ASK = '{id: check, ask: "Fine?", outputs: [text]}'
REDIS, POSTGRES = "${env:REDIS_URL}", "${env:DATABASE_URL}"


def flow(backend: str, checkpoint: str, node: str = SET) -> bytes:
    text = FLOW.replace("NODE", node).replace("BACKEND", backend).replace("CHECKPOINT", checkpoint)
    return text.encode()


@pytest.mark.parametrize(
    ("source", "made", "store", "address"),
    [
        (flow("sqlite", "none"), "", None, False),
        (flow(REDIS, "none"), "", None, False),
        (flow("sqlite", "none", ASK), 'SqliteCheckpoints(".agentc/greet.sqlite")', None, False),
        (flow(REDIS, "none", ASK), f'RedisCheckpoints("{REDIS}")', "REDIS_URL", False),
        (flow(POSTGRES, "none", ASK), f'PostgresCheckpoints("{POSTGRES}")', "DATABASE_URL", False),
        (flow(REDIS, "redis"), f'RedisCheckpoints("{REDIS}")', "REDIS_URL", False),
        (flow("redis://db/3", "redis"), 'RedisCheckpoints("redis://db/3")', None, False),
        (flow("sqlite", "redis"), "RedisCheckpoints()", None, True),
        (flow(POSTGRES, "redis"), "RedisCheckpoints()", None, True),
        (flow(REDIS, "postgres"), "PostgresCheckpoints()", None, True),
        (flow(REDIS, "sqlite", ASK), 'SqliteCheckpoints(".agentc/greet.sqlite")', None, False),
        (
            flow("postgresql://db/runs", "sqlite"),
            'SqliteCheckpoints(".agentc/greet.sqlite")',
            None,
            False,
        ),
    ],
)
def test_runs_are_saved_where_checkpoint_says_else_where_memories_are(
    source: bytes, made: str, store: str | None, address: bool, tmp_path: Path
) -> None:
    """`store`: the variable of a database beside the agent; `address`: AGENTC_CHECKPOINTS must hold it."""
    analysis = api.check_bytes("workflow.yaml", source, tmp_path)
    files = {path: file.text for path, file in api.build(analysis).files.items()}
    assert (f"checkpoints={made}," in files["greet/app.py"]) == bool(made)
    beside = re.findall(r"^    (\w+): (?:redis|postgresql)://", files["compose.yaml"], re.MULTILINE)
    assert beside == ([store] if store else [])
    assert ("AGENTC_CHECKPOINTS=" in files[".env.example"]) == address
