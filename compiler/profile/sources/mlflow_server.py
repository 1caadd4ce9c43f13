"""Traces from an MLflow server, by the REST interface of MLflow 3."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from compiler.profile.sources.mlflow_span import make_step
from compiler.profile.trace import Found, Step, Trace, Unreadable, make_trace

_TIMEOUT: Final = 20.0
"""Seconds that the server has for one answer."""
_BATCH: Final = 20
"""Traces asked for at a time: their ids stand in the address."""


def read_server(address: str, experiment: str, workflow: str, most: int) -> Found:
    """Read the last traces of a workflow.

    Raises:
        Unreadable: the server cannot be reached, refuses, or has no such experiment.
    """
    base = address.rstrip("/")
    query = urlencode({"experiment_name": experiment})
    named = _ask(f"{base}/api/2.0/mlflow/experiments/get-by-name?{query}")
    place = {
        "type": "MLFLOW_EXPERIMENT",
        "mlflow_experiment": {"experiment_id": named["experiment"]["experiment_id"]},
    }
    wanted = {
        "locations": [place],
        "filter": f"tags.workflow = '{workflow}'",
        "order_by": ["timestamp_ms DESC"],
        "max_results": most,
    }
    infos = _ask(f"{base}/api/3.0/mlflow/traces/search", wanted).get("traces", [])
    ids = [str(each["trace_id"]) for each in reversed(infos)]
    traces: list[Trace] = []
    for at in range(0, len(ids), _BATCH):
        asked = urlencode([("trace_ids", id) for id in ids[at : at + _BATCH]])
        answer = _ask(f"{base}/api/3.0/mlflow/traces/batchGet?{asked}")
        found = {str(each["trace_info"]["trace_id"]): each for each in answer.get("traces", [])}
        for id in ids[at : at + _BATCH]:
            trace = _trace(id, workflow, found[id]) if id in found else None
            traces += [trace] if trace is not None else []
    return Found(tuple(traces), len(ids) - len(traces))


def _ask(address: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(address, data, {"Content-Type": "application/json"})
    if not address.startswith(("http://", "https://")):
        raise Unreadable(
            f"`{address}` is not the address of a server", "it begins with http:// or https://"
        )
    try:
        with urlopen(request, timeout=_TIMEOUT) as answer:
            found = json.load(answer)
    except HTTPError as error:
        raise Unreadable(
            f"MLflow refuses with {error.code}: {_reason(error)}",
            "see that the workflow's `experiment_name` is the one its runs were traced to",
        ) from error
    except (URLError, TimeoutError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Unreadable(
            f"no answer from MLflow: {reason}", "start it, or leave `--from` out to read the files"
        ) from error
    return found if isinstance(found, dict) else {}


def _reason(error: HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (ValueError, KeyError, TypeError, OSError):
        return str(error.reason)


def _trace(id: str, workflow: str, stored: Mapping[str, Any]) -> Trace | None:
    tags = stored["trace_info"].get("tags", {})
    steps = [_step(span) for span in stored.get("spans", [])]
    return make_trace(id.removeprefix("tr-"), workflow, "simulated" in tags, steps)


def _step(span: Mapping[str, Any]) -> Step:
    parent = span.get("parent_span_id")
    return make_step(
        _hex(span["span_id"]),
        _hex(parent) if parent else None,
        str(span["name"]),
        (int(span["start_time_unix_nano"]), int(span["end_time_unix_nano"])),
        str(span.get("status", {}).get("code", "")),
        _facts(span.get("attributes", ())),
    )


def _hex(id: str) -> str:
    return base64.b64decode(id).hex()


def _facts(pairs: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    return {str(pair["key"]): _value(pair["value"]) for pair in pairs}


def _value(value: Mapping[str, Any]) -> object:
    """Return what a value of OpenTelemetry's wire format stands for."""
    for kind, inside in value.items():
        if kind == "kvlist_value":
            return _facts(inside.get("values", ()))
        if kind == "array_value":
            return [_value(each) for each in inside.get("values", ())]
        return int(inside) if kind == "int_value" else inside
    return None
