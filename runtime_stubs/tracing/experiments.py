# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Stores runs in MLflow's experiments, each once however often it is delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .experiment_runs import KEY, WORKFLOW, RunFacts, runs_of
from .record import TraceRecord

__all__ = ["Experiments", "StoredRun", "delete_old_runs", "store_runs"]

SLACK = 60_000  # ms that the start of a run may seem to move when it is continued
PARENT = "mlflow.parentRunId"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as MLflow knows it; `root`: where its files are kept."""

    id: str
    root: str
    tags: Mapping[str, str]
    params: frozenset[str] = frozenset()


class Experiments(Protocol):
    """MLflow's experiments, on a server or in a database. Doing a thing twice does no harm."""

    def experiment(self, name: str) -> str:
        """Return the id of an experiment; it is made if it does not exist."""

    def search(self, experiment: str, condition: str) -> list[StoredRun]:
        """Return the runs for which a condition in MLflow's own language holds."""

    def create(self, experiment: str, name: str, start: int, tags: Mapping[str, str]) -> StoredRun:
        """Make a run that started `start` ms after the epoch."""

    def log(self, run: StoredRun, facts: RunFacts, params: Mapping[str, str]) -> None:
        """Store metrics, tags and these parameters."""

    def put_file(self, run: StoredRun, name: str, text: str) -> None:
        """Store a file."""

    def link(self, run: StoredRun, trace: str) -> None:
        """Connect a run with its trace."""

    def end(self, run: StoredRun, status: str, end: int) -> None:
        """Set how and when (ms) a run ended."""

    def delete(self, experiment: str, runs: Sequence[str], traces: Sequence[str]) -> None:
        """Delete runs and traces by their ids."""


def store_runs(store: Experiments, experiment: str, traces: Sequence[TraceRecord]) -> None:
    """Store the runs of traces; what is stored already is only brought up to date."""
    wanted: dict[str, list[RunFacts]] = {experiment: []}
    for trace in traces:
        for facts in runs_of(trace):
            wanted.setdefault(facts.experiment or experiment, []).append(facts)
    stored: dict[str, StoredRun] = {}
    for name, runs in wanted.items():
        where = store.experiment(name)
        stored |= _known(store, where, runs)
        for facts in runs:
            run = stored.get(facts.key)
            if run is None:
                tags = {KEY: facts.key}
                if facts.parent is not None and name == experiment:
                    tags[PARENT] = stored[facts.parent].id
                run = store.create(where, facts.name, facts.start, tags)
            stored[facts.key] = _filled(store, run, facts)


def _known(store: Experiments, where: str, runs: Sequence[RunFacts]) -> dict[str, StoredRun]:
    first, last = min(run.start for run in runs), max(run.start for run in runs)
    condition = (
        f"attributes.start_time >= {first - SLACK} and attributes.start_time <= {last + SLACK}"
    )
    found = store.search(where, condition)
    return {run.tags[KEY]: run for run in found if KEY in run.tags}


def _filled(store: Experiments, run: StoredRun, facts: RunFacts) -> StoredRun:
    # A parameter cannot be set anew: the parts of a continued run add theirs to the first one's.
    params = {name: value for name, value in facts.params.items() if name not in run.params}
    store.log(run, facts, params)
    for name, text in facts.files.items():
        store.put_file(run, name, text)
    if facts.parent is None:
        store.link(run, facts.trace)
    store.end(run, facts.status, facts.end)
    return replace(run, params=run.params | params.keys())


def delete_old_runs(store: Experiments, experiment: str, workflow: str, before: int) -> None:
    """Delete this workflow's runs that started before a time (ms), and their traces."""
    where = store.experiment(experiment)
    condition = f"tags.`{WORKFLOW}` = '{workflow}' and attributes.start_time < {before}"
    old = store.search(where, condition)
    if old:
        traces = [run.tags["agentc.trace"] for run in old if "agentc.trace" in run.tags]
        store.delete(where, [run.id for run in old], traces)
