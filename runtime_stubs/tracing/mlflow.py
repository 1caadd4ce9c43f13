# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Tracing as the workflow file asks for it in `config.observability.mlflow`."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..environment import SettingError, setting_text
from ..run import Run

# What traces is loaded by the first run: `--help` needs none of it.
if TYPE_CHECKING:
    from .outbox import Outbox
    from .spool import Spool
    from .tracer import RunTracer

__all__ = ["FOLDER", "MlflowTracing"]

FOLDER = Path(".agentc/traces")  # below the folder the program runs in

_lock = threading.Lock()
_outboxes: dict[tuple[int, str, MlflowTracing], Outbox] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowTracing:
    """Makes the tracer of each run.

    Attributes:
        name: the package, which names the file of its traces.
        experiment: groups the traces in MLflow.
        tracking_uri: MLflow's server or store; `MLFLOW_TRACKING_URI` goes before it.
        run_name: what traces are called, if not like the package.
        log_prompts: whether inputs, outputs and the texts of errors are kept.
        redact_pii: whether what is personal or secret in them is blanked out.
        retention_days: days after which traces are deleted from the file; None: never.
    """

    name: str
    experiment: str
    tracking_uri: str = "sqlite:///mlflow.db"
    run_name: str | None = None
    log_prompts: bool = True
    redact_pii: bool = False
    retention_days: int | None = None

    def __call__(self, run: Run) -> RunTracer | None:
        """Return the tracer of a run; None where the environment says `OTEL_SDK_DISABLED=true`."""
        if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return None
        from .tracer import RunTracer

        outbox = self._outbox()
        return RunTracer(
            run,
            keep_values=self.log_prompts,
            where=str(self.spool.path),
            finish=outbox.finish,
            close=outbox.report,
        )

    @property
    def spool(self) -> Spool:
        """Where the traces are kept."""
        from .spool import Spool

        return Spool(FOLDER / f"{self.name}.jsonl")

    def uri(self) -> str:
        """Return MLflow's tracking URI; raise SettingError if the environment lacks a part."""
        return os.environ.get("MLFLOW_TRACKING_URI") or setting_text(self.tracking_uri)

    def _outbox(self) -> Outbox:
        # After a fork the threads of the parent are missing, so the child has its own.
        key = (os.getpid(), str(Path.cwd()), self)
        with _lock:
            if key not in _outboxes:
                _outboxes[key] = self._make_outbox()
            return _outboxes[key]

    def _make_outbox(self) -> Outbox:
        from .outbox import Outbox
        from .recorder import Recorder
        from .spool import Spool

        uri, problem = None, None
        try:
            uri = self.uri()
        except SettingError as error:
            problem = f"traces stay in `{self.spool.path}`: {error.message}"
        return Outbox(
            Spool(self.spool.path.absolute()),
            Recorder(self.run_name, self.redact_pii),
            uri=uri,
            experiment=self.experiment,
            program=self.name,
            retention_days=self.retention_days,
            problem=problem,
        )
