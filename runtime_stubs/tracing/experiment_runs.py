# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What MLflow stores of a run besides its trace: metrics, parameters, tags and files."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .record import RunLabel, SpanRecord, TraceRecord, call_count, total_of

__all__ = ["KEY", "WORKFLOW", "RunFacts", "runs_of"]

KEY = "agentc.key"  # the tag that tells whether a run is stored already
WORKFLOW = "agentc.workflow"  # the tag that tells whose run it is
LONGEST_PARAM = 500  # characters; more would not be read in a table
LONGEST_TAG = 5_000  # MLflow takes 8 000 bytes
MOST_PARAMS, MOST_METRICS = 100, 1_000  # MLflow takes no more at a time

STATUSES = {"ok": "FINISHED", "error": "FAILED", "cancelled": "KILLED", "paused": "RUNNING"}


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run. Times in ms since the epoch; `experiment` None: that of the workflow."""

    key: str
    trace: str
    name: str
    status: str
    start: int
    end: int
    experiment: str | None = None
    parent: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def runs_of(trace: TraceRecord) -> Iterator[RunFacts]:
    """Yield the run of a trace, then one for each execution of a node that is labelled."""
    root = trace["spans"][0]
    yield RunFacts(
        key=trace["trace"],
        trace=f"tr-{trace['trace']}",
        name=trace["name"],
        status=STATUSES[trace["status"]],
        start=_ms(trace["start"]),
        end=_ms(trace["end"]),
        metrics={**_metrics(trace["spans"], root), **dict(_node_seconds(trace["spans"]))},
        params=dict(list(_params(trace, root))[:MOST_PARAMS]),
        tags=dict(_tags(trace, root)),
        files=dict(_files(trace, root)),
    )
    for span in trace["spans"]:
        label = span.get("label")
        if label is not None:
            yield _labelled(trace, span, label)


def _labelled(trace: TraceRecord, span: SpanRecord, label: RunLabel) -> RunFacts:
    below = list(_below(trace["spans"], span))
    tags = {"node": span["name"], WORKFLOW: trace["workflow"]}
    return RunFacts(
        key=f"{trace['trace']}-{span['id']}",
        trace=f"tr-{trace['trace']}",
        name=label["name"],
        status=STATUSES[span["status"]],
        start=_ms(span["start"]),
        end=_ms(span["end"]),
        experiment=label["experiment"],
        parent=trace["trace"],
        metrics=_metrics(below, span),
        params=dict(_model_params(below)),
        tags={**tags, **_error_tag(span)},
        files={"outputs.json": _json(span["outputs"])} if _is_stored(span) else {},
    )


def _below(spans: list[SpanRecord], top: SpanRecord) -> Iterator[SpanRecord]:
    """Yield a span and all below it; parents stand before their children."""
    inside: set[str | None] = {top["id"]}
    for span in spans:
        if span["id"] == top["id"] or span["parent"] in inside:
            inside.add(span["id"])
            yield span


def _metrics(spans: list[SpanRecord], top: SpanRecord) -> dict[str, float]:
    calls, unpriced = call_count(spans)
    cost, tokens = total_of(spans)
    kinds = [span["kind"] for span in spans]
    return {
        "cost_usd": cost,
        "input_tokens": tokens["input"],
        "output_tokens": tokens["output"],
        "cached_tokens": tokens["cached"],
        "model_calls": calls,
        "unpriced_calls": unpriced,
        "tool_calls": kinds.count("tool"),
        "retries": kinds.count("retry"),
        "duration_seconds": (top["end"] - top["start"]) / 1e9,
    }


def _node_seconds(spans: list[SpanRecord]) -> Iterator[tuple[str, float]]:
    """All executions of a node together, which in a map overlap."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for span in spans:
        if span["kind"] == "node":
            seconds[span["name"]] += (span["end"] - span["start"]) / 1e9
    for name, value in list(seconds.items())[: MOST_METRICS - 100]:
        yield f"node_seconds/{name}", value


def _params(trace: TraceRecord, root: SpanRecord) -> Iterator[tuple[str, str]]:
    inputs = root.get("inputs")
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        text = value if isinstance(value, str) else _json(value)
        yield f"input/{name}", _cut(text, LONGEST_PARAM)
    yield from _model_params(trace["spans"])


def _model_params(spans: list[SpanRecord]) -> Iterator[tuple[str, str]]:
    """The models that answered each node, in the order they were asked."""
    nodes = {span["id"]: span for span in spans}
    models: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for span in spans:
        if "model" in span:
            above = span
            while above["kind"] != "node" and above["parent"] in nodes:
                above = nodes[above["parent"]]
            models[above["name"]][span["model"]] = None
    for node, names in models.items():
        yield f"model/{node}", _cut(", ".join(names), LONGEST_PARAM)


def _tags(trace: TraceRecord, root: SpanRecord) -> Iterator[tuple[str, str]]:
    yield WORKFLOW, trace["workflow"]
    yield "mlflow.source.name", trace["workflow"]
    yield "mlflow.source.type", "LOCAL"
    yield "agentc.trace", f"tr-{trace['trace']}"
    yield "agentc.status", trace["status"]
    named = {"thread": trace["thread"], "session": trace["session"], "user": trace["user"]}
    for name, value in named.items():
        if value is not None:
            yield name, _cut(value, LONGEST_TAG)
    if trace["user"] is not None:
        yield "mlflow.user", _cut(trace["user"], LONGEST_TAG)
    if trace["simulated"]:
        yield "simulated", "true"
    yield from _error_tag(root).items()


def _error_tag(span: SpanRecord) -> dict[str, str]:
    error = span.get("error")
    if error is None:
        return {}
    message = error.get("message")
    return {"error": _cut(f"{error['kind']}: {message}" if message else error["kind"], LONGEST_TAG)}


def _files(trace: TraceRecord, root: SpanRecord) -> Iterator[tuple[str, str]]:
    level = trace.get("files", "none")
    if level != "none" and "outputs" in root:
        yield "state.json", _json(root["outputs"])
    stored = [_result(span) for span in trace["spans"] if _is_stored(span)]
    if stored:
        yield "nodes.json", _json(stored)
    if level != "full":
        return
    calls = [_call(span) for span in trace["spans"] if span["kind"] == "llm" and "inputs" in span]
    if calls:
        yield "calls.json", _json(calls)
    source = trace.get("source")
    text = None if source is None else _unchanged(Path(source["path"]), source["sha256"])
    if text is not None:
        yield "workflow.yaml", text


def _is_stored(span: SpanRecord) -> bool:
    return span.get("stored", False) and "outputs" in span


def _result(span: SpanRecord) -> dict[str, object]:
    place = {"place": span["place"]} if "place" in span else {}
    return {"node": span["name"], **place, "outputs": span.get("outputs")}


def _call(span: SpanRecord) -> dict[str, object]:
    return {
        "model": span.get("model"),
        "place": span.get("place"),
        "messages": span.get("inputs"),
        "answer": span.get("outputs"),
    }


def _unchanged(path: Path, digest: str) -> str | None:
    """Return a file that is still what it was when the run took place."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    is_same = hashlib.sha256(data).hexdigest() == digest
    return data.decode("utf-8", "replace") if is_same else None


def _ms(nanoseconds: int) -> int:
    return nanoseconds // 1_000_000


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
