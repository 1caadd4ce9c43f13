"""The first workflow of each page of the guide runs, simulated: what is shown there can be tried."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compiler import api
from compiler.expr import show
from tests.support.markdown import blocks
from tests.support.project import ROOT, clean_environment

PARTS = ["batch", "durability", "humans", "memory", "models", "sandboxes", "serving", "tools"]
PARTS += ["tracing", "triggers", "getting-started"]

VALUES: dict[str, object] = {
    "str": "tea",
    "int": 3,
    "float": 1.5,
    "bool": True,
    "list[str]": ["tea", "rain"],
    "list[float]": [1.5, 2.5],
}

# Runs each package in a child of its own: LangGraph is imported once for all.
RUNNER = """
import asyncio, importlib, json, os, sys, tempfile
import langgraph.graph
for folder, package, inputs in json.loads(sys.argv[1]):
    sys.stdout.flush()
    if os.fork():
        os.wait()
        continue
    os.chdir(folder)
    sys.path.insert(0, folder)
    app = importlib.import_module(package + ".app").APP
    nodes = []
    listen = lambda event: type(event).__name__ == "NodeFinished" and nodes.append(event.node)
    state = asyncio.run(app.arun(inputs, simulate=True, listeners=[listen]))
    print(json.dumps([os.path.basename(folder), list(state), nodes]), flush=True)
    os._exit(0)
"""


def _workflow(part: str) -> str:
    page = ROOT / "docs" / "guide" / f"{part}.md"
    return next(each.text for each in blocks(page, "yaml") if each.text.startswith("flow:"))


@pytest.mark.slow
def test_the_workflows_of_the_guide_run(tmp_path: Path) -> None:
    orders: list[tuple[str, str, dict[str, object]]] = []
    wanted: dict[str, tuple[set[str], set[str]]] = {}
    for part in PARTS:
        analysis = api.check_bytes("flow.yaml", _workflow(part).encode(), tmp_path)
        workflow = analysis.workflow
        assert workflow is not None, part
        folder = tmp_path / part
        for path, file in api.build(analysis).files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(file.text, "utf-8")
        given = {
            str(each.name): VALUES[show(each.type)] for each in workflow.fields if each.required
        }
        orders.append((str(folder), workflow.package, given))
        wanted[part] = (set(given), {node.id for node in workflow.nodes if node.when is None})
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, json.dumps(orders)],
        env=clean_environment({"OTEL_SDK_DISABLED": "true"}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = {
        name: (state, nodes) for name, state, nodes in map(json.loads, done.stdout.splitlines())
    }
    assert found.keys() == wanted.keys(), done.stderr
    for name, (fields, nodes) in wanted.items():
        assert fields <= set(found[name][0]), name
        assert nodes <= set(found[name][1]), name
