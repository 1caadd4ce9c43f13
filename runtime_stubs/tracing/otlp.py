# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Traces in the wire format of OpenTelemetry: OTLP as JSON.

https://opentelemetry.io/docs/specs/otlp/ and, for the names `gen_ai.*`,
https://opentelemetry.io/docs/specs/semconv/gen-ai/
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from .record import SpanRecord, Tokens, TraceRecord

__all__ = ["export_request", "mlflow_facts", "semantic_facts"]

Value = str | bool | int | float
Facts = Callable[[SpanRecord], Iterator[tuple[str, Value]]]
SPAN_TYPES = {
    "workflow": "WORKFLOW",
    "node": "TASK",
    "item": "TASK",
    "retry": "TASK",
    "sandbox": "TASK",
    "llm": "CHAT_MODEL",
    "tool": "TOOL",
    "agent": "AGENT",
}
OPERATIONS = {"llm": "chat", "tool": "execute_tool", "agent": "invoke_agent"}
UNSET, OK, ERROR = 0, 1, 2
CODES = {"ok": OK, "error": ERROR}
INTERNAL, CLIENT = 1, 3


def export_request(
    traces: Sequence[TraceRecord], facts: Facts, resource: Mapping[str, str]
) -> object:
    """Return the body of `POST /v1/traces`.

    Args:
        facts: the attributes of a span that its reader wants.
        resource: describes the program.
    """
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes({**resource, **_tags(trace)})},
                "scopeSpans": [
                    {
                        "scope": {"name": "agentc"},
                        "spans": [_span(trace, span, facts) for span in _settled(trace)],
                    }
                ],
            }
            for trace in traces
        ]
    }


def _settled(trace: TraceRecord) -> list[SpanRecord]:
    """Return the spans that are over: the root of a paused run comes when the run goes on to end."""
    is_paused = trace["status"] == "paused"
    return [span for span in trace["spans"] if not is_paused or span["parent"] is not None]


def _tags(trace: TraceRecord) -> dict[str, str]:
    tags = {"workflow": trace["workflow"], "mlflow.traceName": trace["name"]}
    if trace["thread"] is not None:
        tags["thread"] = trace["thread"]
    if trace["simulated"]:
        tags["simulated"] = "true"
    return tags


def _span(trace: TraceRecord, span: SpanRecord, facts: Facts) -> object:
    error = span.get("error")
    status: dict[str, object] = {"code": CODES.get(span["status"], UNSET)}
    found: dict[str, object] = {
        "traceId": trace["trace"],
        "spanId": span["id"],
        "name": span["name"],
        "kind": CLIENT if span["kind"] == "llm" else INTERNAL,
        "startTimeUnixNano": str(span["start"]),
        "endTimeUnixNano": str(span["end"]),
        "attributes": _attributes({**dict(facts(span)), **dict(_common_facts(trace, span))}),
        "status": status,
    }
    if span["parent"] is not None:
        found["parentSpanId"] = span["parent"]
    if error is not None:
        message = error.get("message", "")
        status["message"] = f"{error['kind']}: {message}" if message else error["kind"]
        raised = {"exception.type": error["kind"], "exception.message": message}
        found["events"] = [
            {
                "name": "exception",
                "timeUnixNano": str(span["end"]),
                "attributes": _attributes(raised),
            }
        ]
    return found


def mlflow_facts(span: SpanRecord) -> Iterator[tuple[str, Value]]:
    """Yield the attributes that MLflow reads."""
    yield "mlflow.spanType", SPAN_TYPES.get(span["kind"], "UNKNOWN")
    if "inputs" in span:
        yield "mlflow.spanInputs", _json(_chat(span))
    if "outputs" in span:
        yield "mlflow.spanOutputs", _json(span["outputs"])
    if "tokens" in span:
        yield "mlflow.chat.tokenUsage", _json(_usage(span["tokens"]))
    if "cost" in span:
        yield "mlflow.llm.cost", _json({"total_cost": span["cost"]})
    if "model" in span:
        # MLflow makes a price up for a model that is named and has none.
        if "cost" in span or "tokens" not in span:
            provider, _, name = span["model"].rpartition("/")
            yield "mlflow.llm.model", name
            if provider:
                yield "mlflow.llm.provider", provider
        yield "agentc.model", span["model"]


def semantic_facts(span: SpanRecord) -> Iterator[tuple[str, Value]]:
    """Yield the attributes that OpenTelemetry's conventions name, and inputs and outputs."""
    if span["kind"] in OPERATIONS:
        yield "gen_ai.operation.name", OPERATIONS[span["kind"]]
    if "model" in span:
        yield "gen_ai.request.model", span["model"]
    if "tokens" in span:
        yield "gen_ai.usage.input_tokens", span["tokens"]["input"]
        yield "gen_ai.usage.output_tokens", span["tokens"]["output"]
        yield "gen_ai.usage.cache_read.input_tokens", span["tokens"]["cached"]
    if "inputs" in span:
        yield "input.value", _json(span["inputs"])
    if "outputs" in span:
        yield "output.value", _json(span["outputs"])


def _common_facts(trace: TraceRecord, span: SpanRecord) -> Iterator[tuple[str, Value]]:
    yield "agentc.kind", span["kind"]
    if "place" in span:
        yield "agentc.place", span["place"]
    if "cost" in span:
        yield "agentc.cost_usd", span["cost"]
    for name, value in span.get("attributes", {}).items():
        yield f"agentc.{name}", value
    if trace["session"] is not None:
        yield "session.id", trace["session"]
    if trace["user"] is not None:
        yield "user.id", trace["user"]
    if span["parent"] is None:
        yield "agentc.total_cost_usd", trace["cost"]
        yield "agentc.model_calls", trace["calls"]
        yield "agentc.unpriced_calls", trace["unpriced"]


def _usage(tokens: Tokens) -> dict[str, int]:
    used = {
        "input_tokens": tokens["input"],
        "output_tokens": tokens["output"],
        "total_tokens": tokens["input"] + tokens["output"],
    }
    return {**used, "cache_read_input_tokens": tokens["cached"]} if tokens["cached"] else used


def _chat(span: SpanRecord) -> object:
    """Wrap messages the way the MLflow interface shows as a conversation."""
    inputs = span.get("inputs")
    is_chat = span["kind"] == "llm" and isinstance(inputs, list)
    return {"messages": inputs} if is_chat else inputs


def _attributes(values: Mapping[str, Value]) -> list[object]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Value) -> dict[str, Value]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
