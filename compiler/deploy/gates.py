"""Quality gates: what past runs took and cost, against the limits of the workflow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean
from typing import Final

from compiler.deployment import Gate
from compiler.profile.trace import Step, Trace
from compiler.record import dataclass

METRICS: Final = ("cost_usd", "duration_ms", "tokens", "llm_calls", "error_rate", "success_rate")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate with the figure it was held against, None when nothing tells it; `why` says why not."""

    gate: Gate
    figure: float | None
    why: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the figure is known and inside the limits."""
        low, high = self.gate.low, self.gate.high
        if self.figure is None:
            return False
        return (low is None or self.figure >= low) and (high is None or self.figure <= high)


def runs_that_count(traces: Iterable[Trace], since: float) -> list[Trace]:
    """Return the runs that ended by themselves, asked real models, and began after a time (seconds since 1970)."""
    return [
        each
        for each in traces
        if not each.is_simulated
        and each.root.status in ("ok", "error")
        and each.root.start >= since * 1e9
    ]


def judge(gates: Sequence[Gate], runs: Sequence[Trace]) -> list[Verdict]:
    """Hold the mean over the runs against each gate."""
    return [_verdict(gate, runs) for gate in gates]


def table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield the lines of a table with the figures."""
    rows = [
        (
            each.gate.metric,
            _limits(each.gate),
            "-" if each.figure is None else f"{each.figure:.6g}",
            each.why or ("ok" if each.is_kept else "missed"),
        )
        for each in verdicts
    ]
    rows.insert(0, ("metric", "limit", "found", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=False))
        yield f"  {'  '.join(cells)}  {row[3]}".rstrip()


def _limits(gate: Gate) -> str:
    limits = (("min", gate.low), ("max", gate.high))
    return ", ".join(f"{word} {each:g}" for word, each in limits if each is not None)


def _verdict(gate: Gate, runs: Sequence[Trace]) -> Verdict:
    if gate.metric not in METRICS:
        return Verdict(gate, None, f"no past run tells it; known: {', '.join(METRICS)}")
    if not runs:
        return Verdict(gate, None, "no past runs")
    figures = [_figure(gate.metric, run) for run in runs]
    known = [each for each in figures if each is not None]
    if len(known) < len(figures):
        return Verdict(gate, None, "the price of a model is not known")
    return Verdict(gate, fmean(known))


def _figure(metric: str, run: Trace) -> float | None:
    """What one run says of a metric, None if it does not know."""
    match metric:
        case "duration_ms":
            return run.seconds * 1000
        case "error_rate":
            return float(run.root.status == "error")
        case "success_rate":
            return float(run.root.status == "ok")
        case "llm_calls":
            return float(len(_calls(run)))
        case "tokens":
            return float(sum(each.input_tokens + each.output_tokens for each in _calls(run)))
    costs = [each.cost for each in _calls(run)]
    known = [each for each in costs if each is not None]
    return sum(known) if len(known) == len(costs) else None


def _calls(run: Trace) -> list[Step]:
    """The calls that a provider answered."""
    return [step for step in run.steps if step.kind == "llm" and not step.is_free]
