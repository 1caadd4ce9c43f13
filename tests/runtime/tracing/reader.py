"""MLflow's own client in a process of its own, which says what MLflow has stored."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Self

# Answers one question a line; importing MLflow takes seconds, so it is done once.
PROGRAM = """
import json, logging, sys
import mlflow
from mlflow import MlflowClient
logging.disable(logging.WARNING)

def pages(search, **options):
    token = None
    while True:
        page = search(max_results=100, page_token=token, **options)
        yield from page
        token = page.token
        if not token:
            return

def traces(client, experiment):
    for trace in pages(client.search_traces, locations=[experiment], include_spans=True):
        info = trace.info
        yield info.trace_id, {
            "state": info.state.value,
            "cost": info.cost,
            "tokens": info.token_usage,
            "metadata": info.trace_metadata,
            "tags": info.tags,
            "request": info.request_preview,
            "response": info.response_preview,
            "ms": info.execution_duration,
            "spans": [
                {
                    "id": s.span_id, "parent": s.parent_id, "name": s.name, "type": s.span_type,
                    "inputs": s.inputs, "attributes": s.attributes,
                    "status": s.status.status_code.value,
                }
                for s in trace.data.spans
            ],
        }

def runs(client, experiment):
    order = ["attributes.start_time"]
    for run in pages(client.search_runs, experiment_ids=[experiment], order_by=order):
        id = run.info.run_id
        files = {}
        for each in client.list_artifacts(id):
            path = mlflow.artifacts.download_artifacts(run_id=id, artifact_path=each.path)
            with open(path, encoding="utf-8") as file:
                files[each.path] = file.read()
        of_run = pages(
            client.search_traces, locations=[experiment], run_id=id, include_spans=False
        )
        yield id, {
            "id": id, "name": run.info.run_name, "status": run.info.status,
            "start": run.info.start_time, "end": run.info.end_time,
            "metrics": run.data.metrics, "params": run.data.params, "tags": run.data.tags,
            "files": files, "traces": {each.info.trace_id: each.info.cost for each in of_run},
        }

for line in sys.stdin:
    what, uri, name = json.loads(line)
    mlflow.set_tracking_uri(uri)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(name).experiment_id
    found = dict({"traces": traces, "runs": runs}[what](client, experiment))
    print(json.dumps(found, default=str), flush=True)
"""


class MlflowReader:
    """Asks the process; use it as a context manager."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def __enter__(self) -> Self:
        quiet = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DO_NOT_TRACK": "true"}
        self._process = subprocess.Popen(
            [str(self._python), "-c", PROGRAM],
            env={**os.environ, **quiet, "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)

    def traces(self, uri: str, experiment: str) -> dict[str, Any]:
        """Return all traces of an experiment by their ids."""
        return self._ask("traces", uri, experiment)

    def runs(self, uri: str, experiment: str) -> list[dict[str, Any]]:
        """Return all runs of an experiment, the oldest first, with their files and traces."""
        return list(self._ask("runs", uri, experiment).values())

    def _ask(self, *question: str) -> dict[str, Any]:
        asking, answering = self._process.stdin, self._process.stdout
        assert asking is not None
        assert answering is not None
        asking.write(json.dumps(question) + "\n")
        asking.flush()
        line = answering.readline()
        assert line, "the reader has ended: its traceback is above"
        found = json.loads(line)
        assert isinstance(found, dict)
        return found
