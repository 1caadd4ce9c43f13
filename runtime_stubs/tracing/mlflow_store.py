# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""MLflow's own database as a destination, where the full `mlflow` package is installed.

Importing `mlflow` takes seconds, so this runs in a process of its own.
"""

import base64
import contextlib
import hashlib
import importlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from .destination import Unreachable
from .experiment_runs import RunFacts
from .experiments import StoredRun, delete_old_runs, store_runs
from .otlp import export_request, mlflow_facts
from .record import TraceRecord

__all__ = ["MlflowStore", "is_mlflow_installed"]

# MLflow deadlocks when it imports LiteLLM while that looks for prices in the network.
QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}
MOST_RUNS = 1_000
MOST_DELETED = 100
IDS = ("traceId", "spanId", "parentSpanId")


def is_mlflow_installed() -> bool:
    """Return whether `mlflow` can open a database (the slim editions cannot)."""
    return all(importlib.util.find_spec(name) is not None for name in ("mlflow", "sqlalchemy"))


class _TracingClient(Protocol):
    def log_spans(self, location: str, spans: list[object]) -> object: ...


class MlflowStore:
    """The store that a tracking URI such as `sqlite:///mlflow.db` names."""

    def __init__(self, uri: str, experiment: str) -> None:
        self._uri = uri
        self._experiment = experiment
        self._opened: ClientExperiments | None = None

    @property
    def label(self) -> str:
        """The URI and the experiment."""
        scheme, _, rest = self._uri.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]} (experiment {self._experiment})"

    @property
    def key(self) -> str:
        """See Destination."""
        return hashlib.sha256(f"{self._uri}\n{self._experiment}".encode()).hexdigest()[:12]

    @property
    def answered(self) -> float:
        """See Destination: a process of its own waits for it, and nobody for that."""
        return 0.0

    def connect(self) -> None:
        """Open the store, and make it and the experiment if they do not exist."""
        self._store()

    def send(self, traces: Sequence[TraceRecord]) -> None:
        """Write traces into the store the way MLflow's server does."""
        store = self._store()
        with _explained():
            client = cast(
                _TracingClient,
                importlib.import_module("mlflow.tracking.client").TracingClient(self._uri),
            )
            client.log_spans(store.experiment(self._experiment), _spans(traces))

    def store_runs(self, traces: Sequence[TraceRecord]) -> None:
        """Write runs into the store."""
        store = self._store()
        with _explained():
            store_runs(store, self._experiment, traces)

    def expire(self, workflow: str, before: int) -> None:
        """See Destination."""
        store = self._store()
        with _explained():
            delete_old_runs(store, self._experiment, workflow, before)

    def _store(self) -> "ClientExperiments":
        if self._opened is None:
            if not is_mlflow_installed():
                raise Unreachable("`mlflow` is not installed here")
            os.environ.update(QUIET)
            with _explained():
                store = ClientExperiments(self._uri)
                store.experiment(self._experiment)
            self._opened = store
        return self._opened


def _spans(traces: Sequence[TraceRecord]) -> list[object]:
    """Return MLflow's span objects."""
    request = _parsed(export_request(traces, mlflow_facts, {}))
    span_class = importlib.import_module("mlflow.entities.span").Span
    make = cast(Callable[..., object], span_class.from_otel_proto)
    return [
        make(span, resource=group.resource)
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]


# The class is generated from a schema at run time: nothing is known of its type here.
def _parsed(request: object) -> Any:
    module = "opentelemetry.proto.collector.trace.v1.trace_service_pb2"
    message = importlib.import_module(module).ExportTraceServiceRequest()
    parse = importlib.import_module("google.protobuf.json_format").Parse
    return parse(json.dumps(_with_base64_ids(request)), message)


def _with_base64_ids(value: object) -> object:
    """Write the ids as protobuf wants them in JSON; OTLP has them in hexadecimal."""
    if isinstance(value, list):
        return [_with_base64_ids(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: (
            base64.b64encode(bytes.fromhex(each)).decode()
            if key in IDS and isinstance(each, str)
            else _with_base64_ids(each)
        )
        for key, each in value.items()
    }


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever the database and its driver raise
        raise Unreachable(_reason(error)) from error


def _reason(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:300]


class ClientExperiments:
    """The experiments of a tracking URI; importing what opens it takes seconds."""

    # MLflow is an extra of the package: nothing is known of its types here.
    _client: Any
    _entities: Any

    def __init__(self, uri: str) -> None:
        self._client = importlib.import_module("mlflow.tracking").MlflowClient(uri)
        self._entities = importlib.import_module("mlflow.entities")

    def experiment(self, name: str) -> str:
        """See Experiments; raises whatever MLflow does, as all that follow."""
        found = self._client.get_experiment_by_name(name)
        return str(found.experiment_id if found else self._client.create_experiment(name))

    def search(self, experiment: str, condition: str) -> list[StoredRun]:
        """See Experiments."""
        found: list[StoredRun] = []
        token: str | None = None
        while True:
            page = self._client.search_runs(
                [experiment], condition, max_results=MOST_RUNS, page_token=token
            )
            found += [_stored(run) for run in page]
            token = page.token
            if not token:
                return found

    def create(self, experiment: str, name: str, start: int, tags: Mapping[str, str]) -> StoredRun:
        """See Experiments."""
        return _stored(self._client.create_run(experiment, start, dict(tags), name))

    def log(self, run: StoredRun, facts: RunFacts, params: Mapping[str, str]) -> None:
        """See Experiments."""
        entities = self._entities
        self._client.log_batch(
            run.id,
            metrics=[
                entities.Metric(name, value, facts.end, 0) for name, value in facts.metrics.items()
            ],
            params=[entities.Param(name, value) for name, value in params.items()],
            tags=[entities.RunTag(name, value) for name, value in facts.tags.items()],
        )

    def put_file(self, run: StoredRun, name: str, text: str) -> None:
        """See Experiments."""
        self._client.log_text(run.id, text, name)

    def link(self, run: StoredRun, trace: str) -> None:
        """See Experiments."""
        self._client.link_traces_to_run([trace], run.id)

    def end(self, run: StoredRun, status: str, end: int) -> None:
        """See Experiments."""
        if status == "RUNNING":
            self._client.update_run(run.id, status)
        else:
            self._client.set_terminated(run.id, status, end)

    def delete(self, experiment: str, runs: Sequence[str], traces: Sequence[str]) -> None:
        """See Experiments."""
        for start in range(0, len(traces), MOST_DELETED):
            some = list(traces[start : start + MOST_DELETED])
            self._client.delete_traces(experiment, trace_ids=some)
        for run in runs:
            self._client.delete_run(run)


def _stored(run: Any) -> StoredRun:
    return StoredRun(
        run.info.run_id, run.info.artifact_uri, dict(run.data.tags), frozenset(run.data.params)
    )
