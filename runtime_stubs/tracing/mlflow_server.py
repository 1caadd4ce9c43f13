# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""An MLflow server as a destination."""

import base64
import contextlib
import os
from collections.abc import Iterator, Sequence

from .destination import Refused, Unreachable
from .experiments import delete_old_runs, store_runs
from .http import Address, Answered, request_json
from .mlflow_rest import MISSING, ServerExperiments
from .otlp import export_request, mlflow_facts
from .record import TraceRecord

__all__ = ["MlflowServer"]


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
