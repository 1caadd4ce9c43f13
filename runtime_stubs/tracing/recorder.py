# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Makes the record of a run that is over."""

import logging
from dataclasses import dataclass

from .pii import pseudonym, redacted
from .plain import kept, redacting
from .record import SpanRecord, TraceRecord, call_count, total_of
from .tracer import OpenSpan, RunTracer

__all__ = ["Recorder"]

log = logging.getLogger(__name__)

TOKENS = ("input_tokens", "output_tokens", "cached_tokens")


@dataclass(frozen=True, slots=True)
class Recorder:
    """How records are made. run_name: what traces are called, if not like the workflow."""

    run_name: str | None
    redact_pii: bool

    def record(self, tracer: RunTracer, root: OpenSpan) -> TraceRecord:
        """Return the record of a run whose `root` span has ended."""
        run = tracer.run
        spans = [self._span(span, root) for span in list(tracer.spans)]
        calls, unpriced = call_count(spans)
        cost, tokens = total_of(spans)
        return {
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
        }

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
            if span.tracer.keep_values:  # messages quote inputs and answers
                message = span.error[1]
                record["error"]["message"] = redacted(message) if self.redact_pii else message
        if span.place is not None:
            record["place"] = span.place
        if span.inputs is not None:
            record["inputs"] = self._value(span.inputs)
        if span.outputs is not None:
            record["outputs"] = self._value(span.outputs)
        _add_attributes(record, span.attributes)
        return record

    def _value(self, value: object) -> object:
        plain = redacting if self.redact_pii else kept
        try:
            return plain(value)
        except Exception as error:  # an object that does not want to be looked at, or changes
            log.debug("a value was not traced", exc_info=True)
            return f"({type(value).__name__} not kept: {type(error).__name__})"


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
