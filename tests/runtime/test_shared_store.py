"""Two workflows that save their runs in one database have names of their own there."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import build_project
from tests.support.run_stores import PARAMS, run_store

# Both have the same graph, so that nothing but the name tells whose a run is.
WORKFLOW = """
flow: {{name: {name}}}
state:
  topic: {{type: str, required: true}}
  verdict: str
  text: str
nodes:
  - {{id: check, ask: "Is {{topic}} fine?", outputs: [verdict]}}
  - {{id: write, set: {{text: {write}(verdict)}}}}
config:
  execution: {{checkpoint: {kind}}}
  observability: {{mlflow: {{enabled: false}}}}
"""


def built(name: str, write: str, kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Build a workflow and return the app of its package."""
    folder = folder / f"{name}_{kind}"
    folder.mkdir()
    file = folder / "flow.yaml"
    file.write_text(WORKFLOW.format(name=f"{name}_{kind}", write=write, kind=kind))
    project = build_project(file, folder)
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module(f"{project.package}.app").APP


@pytest.mark.parametrize("kind", PARAMS)
def test_each_workflow_has_its_own_run_of_a_name(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTC_CHECKPOINTS", run_store(kind, tmp_path, request).address)
    tea = built("tea", "upper", kind, tmp_path, monkeypatch)
    coffee = built("coffee", "lower", kind, tmp_path, monkeypatch)
    assert tea.graph_hash == coffee.graph_hash

    async def outcome(doing: Awaitable[dict[str, object]]) -> object:
        [told] = await asyncio.gather(doing, return_exceptions=True)
        return str(told) if isinstance(told, BaseException) else told["text"]

    async def use(thread: str) -> list[object]:
        told = [
            await outcome(tea.arun({"topic": "tea"}, thread=thread)),
            await outcome(coffee.arun({"topic": "coffee"}, thread=thread)),
            await outcome(tea.aresume(thread, ["Yes"])),
            await outcome(coffee.aresume(thread)),
        ]
        await tea.forget(thread)
        told.append(await outcome(tea.aresume(thread)))
        told.append(await outcome(coffee.aresume(thread, ["Yes"])))
        return told

    asked = "waiting for an answer: Is {} fine?"
    for thread in ("order-17", f"{coffee.name}/order-17", "../*:{ä}%2F' "):
        assert asyncio.run(use(thread)) == [
            asked.format("tea"),
            asked.format("coffee"),
            "YES",
            asked.format("coffee"),
            f"there is no saved run `{thread}`",
            "yes",
        ]
