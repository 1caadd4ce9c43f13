# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""An MLflow server as a destination."""

import base64
import json
import os
from collections.abc import Sequence
from urllib.parse import quote

from .destination import Unreachable
from .http import Address, Answered, request_json
from .otlp import export_request, mlflow_facts
from .record import TraceRecord

__all__ = ["MlflowServer"]

API = "/api/2.0/mlflow/experiments"
MISSING = 404


class MlflowServer:
    """An MLflow server; the experiment is made there if it does not exist."""

    def __init__(self, uri: str, experiment: str) -> None:
        parsed = Address.parse(uri)
        self._address = Address(parsed.url, {**parsed.headers, **_credentials()})
        self._experiment = experiment
        self._id: str | None = None

    @property
    def label(self) -> str:
        """Its address and the experiment."""
        return f"{self._address.url} (experiment {self._experiment})"

    @property
    def key(self) -> str:
        """See Destination."""
        return self._address.key(self._experiment)

    def connect(self) -> None:
        """Look the experiment up."""
        if self._id is None:
            try:
                self._id = self._found() or self._made()
            except Answered as error:
                raise Unreachable(str(error)) from None
            except (ValueError, KeyError, TypeError):
                raise Unreachable("what answers there is not an MLflow server") from None

    def send(self, traces: Sequence[TraceRecord]) -> None:
        """Deliver traces in one request."""
        self.connect()
        try:
            request_json(
                self._address,
                "/v1/traces",
                export_request(traces, mlflow_facts, {}),
                headers={"x-mlflow-experiment-id": self._id or ""},
                compress=True,
            )
        except Answered as error:
            if error.status == MISSING:  # the experiment is gone: look it up again
                self._id = None
            raise error.explained() from None

    def _found(self) -> str | None:
        path = f"{API}/get-by-name?experiment_name={quote(self._experiment, safe='')}"
        try:
            reply = json.loads(request_json(self._address, path))
        except Answered as error:
            if error.status == MISSING and "experiment" in error.detail.lower():
                return None
            raise
        experiment = reply["experiment"]
        if experiment.get("lifecycle_stage") == "deleted":
            raise Unreachable(f"the experiment `{self._experiment}` is deleted there")
        return str(experiment["experiment_id"])

    def _made(self) -> str | None:
        try:
            reply = request_json(self._address, f"{API}/create", {"name": self._experiment})
        except Answered:
            found = self._found()  # somebody else was quicker
            if found is None:
                raise
            return found
        return str(json.loads(reply)["experiment_id"])


def _credentials() -> dict[str, str]:
    """Return the headers for the credentials that MLflow reads from the environment."""
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    user = os.environ.get("MLFLOW_TRACKING_USERNAME")
    if user:
        pair = f"{user}:{os.environ.get('MLFLOW_TRACKING_PASSWORD', '')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}
