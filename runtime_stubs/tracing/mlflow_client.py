# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""MLflow's own client as a store of runs, for databases that only it can open."""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from .experiment_runs import RunFacts
from .experiments import StoredRun

__all__ = ["ClientExperiments"]

MOST_RUNS = 1_000
MOST_DELETED = 100


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
