# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Tracing as the workflow file asks for it in `config.observability.mlflow`."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..environment import SettingError, setting_text
from ..run import Run

# What traces is loaded by the first run: `--help` needs none of it.
if TYPE_CHECKING:
    from .outbox import Outbox
    from .spool import Spool
    from .tracer import RunTracer

__all__ = ["FOLDER", "MlflowTracing", "NodeTracing"]

FOLDER = Path(".agentc/traces")  # below the folder the program runs in

_lock = threading.Lock()
_outboxes: dict[tuple[int, str, MlflowTracing], Outbox] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeTracing:
    """What is different for one node; None: as for the others.

    Attributes:
        log_prompts: whether what goes in and out of it, and of what it does, is kept.
        log_artifacts: whether its results become a file.
        run_name: makes each of its executions a run of its own, of this name.
        experiment: where those runs are filed, if not with the workflow's.
    """

    log_prompts: bool | None = None
    log_artifacts: bool | None = None
    run_name: str | None = None
    experiment: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowTracing:
    """Makes the tracer of each run.

    Attributes:
        name: the package, which names the file of its traces.
        experiment: groups the traces and runs in MLflow.
        tracking_uri: MLflow's server or store; `MLFLOW_TRACKING_URI` goes before it.
        run_name: what traces and runs are called, if not like the package.
        log_prompts: whether inputs, outputs and the texts of errors are kept.
        log_artifacts: whether results become files of the run.
        artifact_level: how much does: minimal (the final state), standard (and what each node
            wrote) or full (and prompts, answers and the workflow file).
        redact_pii: whether what is personal or secret in them is blanked out.
        is_async: whether traces are delivered in the background; otherwise a run waits for it.
        retention_days: days after which traces and runs are deleted; None: never.
        source: the workflow file, if it becomes a file of the run.
        nodes: what is different for some nodes, by the name of their file and theirs.
    """

    name: str
    experiment: str
    tracking_uri: str = "sqlite:///mlflow.db"
    run_name: str | None = None
    log_prompts: bool = True
    log_artifacts: bool = True
    artifact_level: str = "standard"
    redact_pii: bool = False
    is_async: bool = True
    retention_days: int | None = None
    source: Path | None = None
    # No part of what tells two settings apart: a mapping has no hash.
    nodes: Mapping[tuple[str, str], NodeTracing] = field(default_factory=dict, hash=False)

    def __call__(self, run: Run) -> RunTracer | None:
        """Return the tracer of a run; None where the environment says `OTEL_SDK_DISABLED=true`."""
        if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return None
        from .tracer import RunTracer

        outbox = self._outbox()
        if not self.is_async:
            run.closers.insert(0, outbox.wait)
        return RunTracer(
            run,
            keep_values=self.log_prompts,
            nodes=self.nodes,
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
        from .destinations import Order
        from .outbox import Outbox
        from .recorder import Recorder

        uri, problem = None, None
        try:
            uri = self.uri()
        except SettingError as error:
            problem = f"traces stay in `{self.spool.path}`: {error.message}"
        recorder = Recorder(
            self.run_name,
            self.redact_pii,
            self.artifact_level if self.log_artifacts else "none",
            self.source,
        )
        spool = str(self.spool.path.absolute())
        order = Order(spool, uri, self.experiment, self.name, self.retention_days)
        return Outbox(recorder, order, waits=not self.is_async, problem=problem)
