"""Everything arrives once the server takes it, whatever the server did before."""

import dataclasses
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime_stubs.events import Event, Warned
from runtime_stubs.run import Run, activate, span
from runtime_stubs.tracing.collector import collector_from_environment
from runtime_stubs.tracing.delivery import Delivery
from runtime_stubs.tracing.destination import Unreachable
from runtime_stubs.tracing.mlflow import MlflowTracing
from runtime_stubs.tracing.mlflow_server import MlflowServer
from tests.runtime.tracing.collector import FakeCollector, attributes
from tests.runtime.tracing.made import filled_spool


def eventually(check: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until `check()` is true."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def to_mlflow(folder: Path, server: FakeCollector, count: int) -> tuple[Delivery, list[str]]:
    spool, ids = filled_spool(folder, count)
    return Delivery(spool, MlflowServer(server.address, "tea & cake")), ids


def test_all_arrives_in_few_requests_and_only_once(
    tmp_path: Path, collector: FakeCollector
) -> None:
    delivery, ids = to_mlflow(tmp_path, collector, 450)
    assert delivery.run() == 450
    assert collector.traces() == ids
    posts = [each for each in collector.requests if each[0] == "/v1/traces"]
    assert len(posts) == 3
    assert posts[0][1]["x-mlflow-experiment-id"] == "1"
    assert posts[0][1]["content-encoding"] == "gzip"
    assert collector.experiments == {"tea & cake": "1"}
    assert not delivery.pending
    assert delivery.run() == 0


def test_what_a_span_is_told_as(tmp_path: Path, collector: FakeCollector) -> None:
    delivery, _ = to_mlflow(tmp_path, collector, 1)
    delivery.run()
    root, node, call = collector.spans()
    assert root["status"] == {"code": 1}
    assert call["parentSpanId"] == node["spanId"]
    assert attributes(node)["agentc.place"] == "w.yaml:3"
    facts = attributes(call)
    assert facts["mlflow.llm.cost"] == '{"total_cost": 0.25}'
    assert '"cache_read_input_tokens": 4' in facts["mlflow.chat.tokenUsage"]
    assert (facts["mlflow.llm.provider"], facts["mlflow.llm.model"]) == ("openai", "gpt-4o")


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_nothing_is_lost_while_the_server_fails(
    tmp_path: Path, collector: FakeCollector, status: int
) -> None:
    delivery, ids = to_mlflow(tmp_path, collector, 3)
    collector.answer = lambda path, body: status
    with pytest.raises(Unreachable, match=f"HTTP {status}"):
        delivery.run()
    collector.answer = lambda path, body: 200
    assert delivery.run() == 3
    assert collector.traces() == ids


def test_the_next_process_goes_on_where_the_last_one_was(
    tmp_path: Path, collector: FakeCollector
) -> None:
    delivery, ids = to_mlflow(tmp_path, collector, 450)
    seen: list[int] = []

    def third_fails(path: str, body: Any) -> int:
        if not path.endswith("/v1/traces"):
            return 200
        seen.append(1)
        return 500 if len(seen) == 3 else 200

    collector.answer = third_fails
    with pytest.raises(Unreachable):
        delivery.run()
    assert len(collector.traces()) == 400
    later = Delivery(delivery.spool, MlflowServer(collector.address, "tea & cake"))
    assert later.run() == 50
    assert collector.traces() == ids


def test_a_trace_that_is_refused_does_not_hold_up_the_others(
    tmp_path: Path, collector: FakeCollector
) -> None:
    delivery, ids = to_mlflow(tmp_path, collector, 20)

    def refuse_one(path: str, body: Any) -> int:
        return 422 if ids[13] in str(body) else 200

    collector.answer = refuse_one
    assert delivery.run() == 19
    assert sorted(collector.traces()) == sorted(each for each in ids if each != ids[13])
    assert delivery.mark().refused == 1
    assert not delivery.pending


def test_two_that_deliver_do_not_get_in_each_others_way(
    tmp_path: Path, collector: FakeCollector
) -> None:
    delivery, ids = to_mlflow(tmp_path, collector, 100)
    other = Delivery(delivery.spool, MlflowServer(collector.address, "tea & cake"))
    threads = [threading.Thread(target=each.run) for each in (delivery, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(collector.traces())) == sorted(ids)
    assert len(collector.traces()) == 100


def test_an_address_without_a_server(tmp_path: Path, refusing_address: str) -> None:
    spool, _ = filled_spool(tmp_path, 1)
    with pytest.raises(Unreachable, match="[Rr]efused"):
        Delivery(spool, MlflowServer(refusing_address, "e")).run()


def test_a_password_in_the_address_is_sent_and_not_shown(collector: FakeCollector) -> None:
    server = MlflowServer(collector.address.replace("//", "//ann:p%40ss@"), "e")
    server.connect()
    assert "p@ss" not in server.label
    assert "p%40ss" not in server.label
    assert collector.requests[0][1]["authorization"] == "Basic YW5uOnBAc3M="


def test_the_environment_names_a_collector(
    tmp_path: Path, collector: FakeCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert collector_from_environment("w") is None
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"{collector.address}/base/")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=tea%20and,x-key=k=1")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
    found = collector_from_environment("w")
    assert found is not None
    spool, _ = filled_spool(tmp_path, 2)
    assert Delivery(spool, found).run() == 2
    path, headers, body = collector.requests[0]
    assert path == "/base/v1/traces"
    assert (headers["x-team"], headers["x-key"]) == ("tea and", "k=1")
    told = {
        each["key"]: each["value"]["stringValue"]
        for each in body["resourceSpans"][0]["resource"]["attributes"]
    }
    assert told["service.name"] == "w"
    assert told["deployment.environment"] == "test"
    call = attributes(collector.spans()[2])
    assert call["gen_ai.request.model"] == "openai/gpt-4o"
    assert call["gen_ai.usage.input_tokens"] == "10"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    assert collector_from_environment("w") is None


def _traced_run(tracing: MlflowTracing) -> list[Event]:
    told: list[Event] = []
    run = Run(workflow="w", listeners=[told.append])
    run.tracer = tracing(run)
    assert run.tracer is not None
    with activate(run), span("w", "workflow", {"x": 1}):
        pass
    run.tracer.close()
    return told


def test_a_program_that_goes_on_delivers_in_the_background(collector: FakeCollector) -> None:
    collector.answer = lambda path, body: 503
    tracing = MlflowTracing(name="w", experiment="e", tracking_uri=collector.address)
    _traced_run(tracing)
    time.sleep(0.5)
    collector.answer = lambda path, body: 200
    _traced_run(tracing)
    eventually(lambda: len(collector.traces()) == 2)


def test_a_server_that_is_away_is_told_of_once(refusing_address: str) -> None:
    tracing = MlflowTracing(name="w", experiment="e", tracking_uri=refusing_address)
    told: list[Event] = []

    def warned() -> bool:
        told.extend(_traced_run(tracing))
        return any(isinstance(each, Warned) for each in told)

    eventually(warned)
    for _ in range(3):
        told += _traced_run(tracing)
    warnings = [each.message for each in told if isinstance(each, Warned)]
    assert len(warnings) == 1
    assert refusing_address in warnings[0]
    assert "efused" in warnings[0]


def test_a_missing_variable_keeps_traces_here() -> None:
    tracing = MlflowTracing(name="w", experiment="e", tracking_uri="${env:AGENTC_TEST_NOWHERE}")
    (warning,) = [each for each in _traced_run(tracing) if isinstance(each, Warned)]
    assert "`AGENTC_TEST_NOWHERE` is not set" in warning.message
    eventually(lambda: len(list(tracing.spool.traces())) == 1)


def test_old_traces_go_when_the_next_program_starts(tmp_path: Path) -> None:
    tracing = MlflowTracing(name="w", experiment="e", tracking_uri="sqlite:///x.db")
    _traced_run(tracing)
    eventually(lambda: tracing.spool.path.exists() and len(list(tracing.spool.traces())) == 1)
    old = tracing.spool.path.read_text().replace('"end": 1', '"end": ')
    tracing.spool.path.write_text(old)
    shorter = dataclasses.replace(tracing, retention_days=1)
    _traced_run(shorter)
    eventually(lambda: len(list(tracing.spool.traces())) == 1)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".agentc").write_text("a file is in the way")
    tracing = MlflowTracing(name="w", experiment="e", tracking_uri="sqlite:///x.db")
    told: list[Event] = []

    def warned() -> bool:
        told.extend(_traced_run(tracing))
        return any(isinstance(each, Warned) for each in told)

    eventually(warned)
    assert "cannot be written" in str(told)


def test_the_environment_switches_tracing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    tracing = MlflowTracing(name="w", experiment="e")
    assert tracing(Run()) is None
