# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""An MLflow server as a destination: traces over OTLP, runs over its REST interface.

https://mlflow.org/docs/latest/api_reference/rest-api.html
"""

import base64
import contextlib
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .destination import Refused, Unreachable
from .experiment_runs import RunFacts
from .experiments import StoredRun, delete_old_runs, store_runs
from .http import Address, Answered, put_text, request_json
from .otlp import export_request, mlflow_facts
from .record import TraceRecord

__all__ = ["MlflowServer"]

API = "/api/2.0/mlflow"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
PROXIED = "mlflow-artifacts:"  # the server takes files itself
MISSING = 404
MOST_RUNS = 1_000  # in one answer
MOST_DELETED = 100  # traces in one request


class MlflowServer:
    """An MLflow server; the experiment is made there if it does not exist."""

    def __init__(self, uri: str, experiment: str) -> None:
        parsed = Address.parse(uri)
        self._address = Address(parsed.url, {**parsed.headers, **_credentials()})
        self._experiment = experiment
        self._store = ServerExperiments(self._address)

    @property
    def label(self) -> str:
        """Its address and the experiment."""
        return f"{self._address.url} (experiment {self._experiment})"

    @property
    def key(self) -> str:
        """See Destination."""
        return self._address.key(self._experiment)

    @property
    def answered(self) -> float:
        """See Destination."""
        return self._address.answered

    def connect(self) -> None:
        """Look the experiment up."""
        try:
            self._store.experiment(self._experiment)
        except Answered as error:
            raise Unreachable(str(error)) from None

    def send(self, traces: Sequence[TraceRecord]) -> None:
        """Deliver traces in one request."""
        self.connect()
        with self._explained():
            request_json(
                self._address,
                "/v1/traces",
                export_request(traces, mlflow_facts, {}),
                headers={"x-mlflow-experiment-id": self._store.experiment(self._experiment)},
                compress=True,
            )

    def store_runs(self, traces: Sequence[TraceRecord]) -> None:
        """Deliver runs, a few requests for each."""
        with self._explained():
            store_runs(self._store, self._experiment, traces)

    def expire(self, workflow: str, before: int) -> None:
        """See Destination."""
        try:
            with self._explained():
                delete_old_runs(self._store, self._experiment, workflow, before)
        except Refused as error:
            raise Unreachable(str(error)) from None

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what an answer of the server means for what was sent."""
        try:
            yield
        except Answered as error:
            if error.status == MISSING:  # the experiment is gone: look it up again
                self._store.forget()
            raise error.explained() from None
        except (ValueError, KeyError, TypeError) as error:
            raise Unreachable(f"an answer that cannot be read: {error!r}") from None


def _credentials() -> dict[str, str]:
    """Return the headers for the credentials that MLflow reads from the environment."""
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    user = os.environ.get("MLFLOW_TRACKING_USERNAME")
    if user:
        pair = f"{user}:{os.environ.get('MLFLOW_TRACKING_PASSWORD', '')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}


class ServerExperiments:
    """The experiments of a server."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._ids: dict[str, str] = {}

    def forget(self) -> None:
        """Look experiments up again: one was missing."""
        self._ids.clear()

    def experiment(self, name: str) -> str:
        """See Experiments; raise Answered or Unreachable, as all that follow."""
        if name not in self._ids:
            try:
                self._ids[name] = self._found(name) or self._made(name)
            except (ValueError, KeyError, TypeError):
                raise Unreachable("what answers there is not an MLflow server") from None
        return self._ids[name]

    def search(self, experiment: str, condition: str) -> list[StoredRun]:
        """See Experiments."""
        return list(itertools.chain.from_iterable(self._pages(experiment, condition)))

    def create(self, experiment: str, name: str, start: int, tags: Mapping[str, str]) -> StoredRun:
        """See Experiments."""
        body = {
            "experiment_id": experiment,
            "run_name": name,
            "start_time": start,
            "tags": _pairs(tags),
        }
        return _stored(self._post("/runs/create", body)["run"])

    def log(self, run: StoredRun, facts: RunFacts, params: Mapping[str, str]) -> None:
        """See Experiments."""
        metrics = [
            {"key": name, "value": value, "timestamp": facts.end, "step": 0}
            for name, value in facts.metrics.items()
        ]
        tags, given = _pairs(facts.tags), _pairs(params)
        body = {"run_id": run.id, "metrics": metrics, "params": given, "tags": tags}
        self._post("/runs/log-batch", body)

    def put_file(self, run: StoredRun, name: str, text: str) -> None:
        """See Experiments; where the server takes no files, the run says so."""
        problem = f"the server does not take files for `{run.root.partition(':')[0]}:`"
        if run.root.startswith(PROXIED):
            folder = run.root.removeprefix(PROXIED).lstrip("/")
            try:
                put_text(self._address, f"{FILES}/{quote(f'{folder}/{name}')}", text)
            except Answered as error:
                if error.status >= 500:
                    raise
                problem = str(error)
            else:
                return
        self._post("/runs/set-tag", {"run_id": run.id, "key": "agentc.files", "value": problem})

    def link(self, run: StoredRun, trace: str) -> None:
        """See Experiments."""
        self._post("/traces/link-to-run", {"run_id": run.id, "trace_ids": [trace]})

    def end(self, run: StoredRun, status: str, end: int) -> None:
        """See Experiments."""
        over = {} if status == "RUNNING" else {"end_time": end}
        self._post("/runs/update", {"run_id": run.id, "status": status, **over})

    def delete(self, experiment: str, runs: Sequence[str], traces: Sequence[str]) -> None:
        """See Experiments."""
        for start in range(0, len(traces), MOST_DELETED):
            some = traces[start : start + MOST_DELETED]
            body = {"experiment_id": experiment, "request_ids": some}
            self._post("/traces/delete-traces", body, api="/api/3.0/mlflow")
        for run in runs:
            self._post("/runs/delete", {"run_id": run})

    def _pages(self, experiment: str, condition: str) -> Iterator[list[StoredRun]]:
        body: dict[str, object] = {
            "experiment_ids": [experiment],
            "filter": condition,
            "max_results": MOST_RUNS,
        }
        while True:
            reply = self._post("/runs/search", body)
            yield [_stored(run) for run in reply.get("runs", ())]
            if not reply.get("next_page_token"):
                return
            body["page_token"] = reply["next_page_token"]

    def _found(self, name: str) -> str | None:
        path = f"{API}/experiments/get-by-name?experiment_name={quote(name, safe='')}"
        try:
            reply = json.loads(request_json(self._address, path))
        except Answered as error:
            if error.status == MISSING and "experiment" in error.detail.lower():
                return None
            raise
        experiment = reply["experiment"]
        if experiment.get("lifecycle_stage") == "deleted":
            raise Unreachable(f"the experiment `{name}` is deleted there")
        return str(experiment["experiment_id"])

    def _made(self, name: str) -> str:
        try:
            reply = self._post("/experiments/create", {"name": name})
        except Answered:
            found = self._found(name)  # somebody else was quicker
            if found is None:
                raise
            return found
        return str(reply["experiment_id"])

    # JSON of somebody else's: what is missing in it is an error of the server's.
    def _post(self, path: str, body: object, api: str = API) -> dict[str, Any]:
        reply = json.loads(request_json(self._address, api + path, body))
        if not isinstance(reply, dict):
            raise TypeError(path)
        return reply


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _stored(run: Mapping[str, Any]) -> StoredRun:
    info, data = run["info"], run.get("data", {})
    return StoredRun(
        id=str(info["run_id"]),
        root=str(info.get("artifact_uri", "")),
        tags={each["key"]: each["value"] for each in data.get("tags", ())},
        params=frozenset(each["key"] for each in data.get("params", ())),
    )
