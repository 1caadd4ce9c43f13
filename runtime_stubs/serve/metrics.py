# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Counters of a server, in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ..events import Event, ModelCalled

__all__ = ["Metrics"]

SECONDS = (0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)  # the buckets of run times


class Metrics:
    """Counts since the server started; a listener of its runs."""

    def __init__(self) -> None:
        self._ended: Counter[str] = Counter()
        self._deliveries: Counter[tuple[str, str]] = Counter()
        self._calls: Counter[str] = Counter()
        self._tokens: Counter[tuple[str, str]] = Counter()
        self._dollars: dict[str, float] = {}
        self._unpriced: Counter[str] = Counter()
        self._buckets = [0] * len(SECONDS)
        self._count = 0
        self._seconds = 0.0

    def __call__(self, event: Event) -> None:
        """Count an event of a run."""
        if not isinstance(event, ModelCalled) or event.simulated:
            return
        self._calls[event.model] += 1
        self._tokens[event.model, "input"] += event.input_tokens
        self._tokens[event.model, "output"] += event.output_tokens
        if event.cost is None:
            self._unpriced[event.model] += 1
        else:
            self._dollars[event.model] = self._dollars.get(event.model, 0.0) + event.cost

    def ended(self, status: str, seconds: float) -> None:
        """Count a run that ended or paused after so many seconds of work."""
        self._ended[status] += 1
        self._count += 1
        self._seconds += seconds
        for index, bound in enumerate(SECONDS):
            self._buckets[index] += seconds <= bound

    def delivered(self, source: str, outcome: str) -> None:
        """Count a delivery: `accepted`, `duplicate` or `refused`."""
        self._deliveries[source, outcome] += 1

    def text(self, counts: Mapping[str, int], workers: int | None) -> str:
        """Return all numbers; `counts` are the runs by status now, `workers` those alive."""
        return "".join(f"{line}\n" for line in self._lines(counts, workers))

    def _lines(self, counts: Mapping[str, int], workers: int | None) -> Iterator[str]:
        yield from _head("agentc_runs", "gauge", "Runs that are not over.")
        for status in ("queued", "running", "paused"):
            yield f'agentc_runs{{status="{status}"}} {counts.get(status, 0)}'
        if workers is not None:
            yield from _head("agentc_workers", "gauge", "Workers that are alive.")
            yield f"agentc_workers {workers}"
        yield from _head("agentc_runs_ended_total", "counter", "Runs that ended or paused.")
        for status in ("finished", "failed", "cancelled", "paused", "queued"):
            yield f'agentc_runs_ended_total{{status="{status}"}} {self._ended[status]}'
        yield from _head("agentc_run_seconds", "histogram", "Time that runs took.")
        for bound, number in zip(SECONDS, self._buckets, strict=True):
            yield f'agentc_run_seconds_bucket{{le="{bound}"}} {number}'
        yield f'agentc_run_seconds_bucket{{le="+Inf"}} {self._count}'
        yield f"agentc_run_seconds_sum {self._seconds}"
        yield f"agentc_run_seconds_count {self._count}"
        yield from _head("agentc_deliveries_total", "counter", "What came in from outside.")
        for (source, outcome), number in sorted(self._deliveries.items()):
            labels = f'source="{_escaped(source)}",outcome="{outcome}"'
            yield f"agentc_deliveries_total{{{labels}}} {number}"
        yield from _by_model("agentc_model_calls_total", "Model calls.", self._calls)
        yield from _by_model("agentc_cost_usd_total", "Known cost of model calls.", self._dollars)
        yield from _by_model(
            "agentc_unpriced_calls_total", "Calls to models without a known price.", self._unpriced
        )
        yield from _head("agentc_tokens_total", "counter", "Tokens of model calls.")
        for (model, kind), number in sorted(self._tokens.items()):
            yield f'agentc_tokens_total{{model="{_escaped(model)}",kind="{kind}"}} {number}'


def _head(name: str, kind: str, help: str) -> tuple[str, str]:
    return f"# HELP {name} {help}", f"# TYPE {name} {kind}"


def _by_model(name: str, help: str, numbers: Mapping[str, float]) -> Iterator[str]:
    yield from _head(name, "counter", help)
    for model, number in sorted(numbers.items()):
        yield f'{name}{{model="{_escaped(model)}"}} {number}'


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
