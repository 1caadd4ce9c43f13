# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Makes the record of a run that is over."""

import functools
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from .mlflow import NodeTracing
from .plain import kept, pseudonym, redacted, redacting
from .record import SourceRecord, SpanRecord, TraceRecord, call_count, total_of
from .tracer import OpenSpan, RunTracer

__all__ = ["Recorder"]

log = logging.getLogger(__name__)

FILES_OF_NODES = ("standard", "full")
TOKENS = ("input_tokens", "output_tokens", "cached_tokens")


@dataclass(frozen=True, slots=True)
class Recorder:
    """How records are made.

    run_name: what traces are called, if not like the workflow. files: how much of a run becomes
    files. source: the workflow file.
    """

    run_name: str | None
    redact_pii: bool
    files: str = "none"
    source: Path | None = None

    def record(self, tracer: RunTracer, root: OpenSpan) -> TraceRecord:
        """Return the record of a run whose `root` span has ended."""
        run = tracer.run
        spans = [self._span(span, root) for span in list(tracer.spans)]
        calls, unpriced = call_count(spans)
        cost, tokens = total_of(spans)
        record: TraceRecord = {
            "trace": run.id,
            "name": self.run_name or run.workflow,
            "workflow": run.workflow,
            "thread": run.thread,
            "session": pseudonym(run.session) if self.redact_pii else run.session,
            "user": pseudonym(run.user) if self.redact_pii else run.user,
            "simulated": run.simulate,
            "start": root.start,
            "end": root.end,
            "status": spans[0]["status"],
            "calls": calls,
            "unpriced": unpriced,
            "cost": cost,
            "tokens": tokens,
            "spans": spans,
            "files": self.files,
        }
        if run.first_started is not None:
            record["continued"] = True
        if self.source is not None:
            record["source"] = _source(self.source)
        return record

    def _span(self, span: OpenSpan, root: OpenSpan) -> SpanRecord:
        record: SpanRecord = {
            "id": span.id,
            "parent": span.parent,
            "name": span.name,
            "kind": span.kind,
            "start": span.start,
            # what nobody waited for ends with the run at the latest
            "end": span.end or root.end,
            "status": span.status if span.end else "cancelled",
        }
        if span.error is not None:
            record["error"] = {"kind": span.error[0]}
            if span.keeps_values:  # messages quote inputs and answers
                message = span.error[1]
                record["error"]["message"] = redacted(message) if self.redact_pii else message
        if span.place is not None:
            record["place"] = span.place
        if span.inputs is not None:
            record["inputs"] = self._value(span.inputs)
        if span.outputs is not None:
            record["outputs"] = self._value(span.outputs)
        _add_attributes(record, span.attributes)
        if span.kind == "node":
            self._add_settings(record, span.settings)
        return record

    def _add_settings(self, record: SpanRecord, settings: NodeTracing | None) -> None:
        stored = None if settings is None else settings.log_artifacts
        if self.files in FILES_OF_NODES if stored is None else stored:
            record["stored"] = True
        if settings is not None and (settings.run_name or settings.experiment):
            name = settings.run_name or record["name"]
            record["label"] = {"experiment": settings.experiment, "name": name}

    def _value(self, value: object) -> object:
        plain = redacting if self.redact_pii else kept
        try:
            return plain(value)
        except Exception as error:  # an object that does not want to be looked at, or changes
            log.debug("a value was not traced", exc_info=True)
            return f"({type(value).__name__} not kept: {type(error).__name__})"


@functools.cache
def _source(path: Path) -> SourceRecord:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        digest = ""  # of no file
    return {"path": str(path.absolute()), "sha256": digest}


def _add_attributes(record: SpanRecord, attributes: dict[str, str | float | bool]) -> None:
    """Give those with a place of their own that place."""
    rest = dict(attributes)
    model, cost = rest.pop("model", None), rest.pop("cost", None)
    if isinstance(model, str):
        record["model"] = model
    if "input_tokens" in rest:
        given, made, cached = (int(rest.pop(name, 0)) for name in TOKENS)
        record["tokens"] = {"input": given, "output": made, "cached": cached}
    if cost is not None:
        record["cost"] = float(cost)
    if rest.pop("paused", False):
        record["status"] = "paused"
    if rest:
        record["attributes"] = rest
