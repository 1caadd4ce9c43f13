"""Quality gates: what past runs took and cost, against the limits of the workflow.

The figures come from the file of traces that every run of a package leaves below the folder it ran in
(docs/guide/tracing.md). Only runs that ended, asked real models, and began after the workflow was last changed count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Final

from compiler.deployment import Gate
from compiler.record import dataclass

METRICS: Final = ("cost_usd", "duration_ms", "tokens", "llm_calls", "error_rate", "success_rate")
_MOST: Final = 200
"""Runs, the latest ones."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: `cost` in US dollars, None if the price of a call is not known; `duration` in ms."""

    began: int
    duration: float
    cost: float | None
    tokens: int
    calls: int
    failed: bool


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


def trace_file(folder: Path, package: str) -> Path:
    """Return where runs of a package in a folder leave their traces."""
    return folder / ".agentc" / "traces" / f"{package}.jsonl"


def past_runs(file: Path, since: float) -> list[Run]:
    """Return the runs in a file of traces that began after a time (seconds since 1970), latest last.

    A line that was cut off by a crash is passed over.
    """
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            parts = list(_traces(lines))
    except OSError:
        return []
    by_trace: dict[str, list[dict[str, object]]] = {}
    for part in parts:
        by_trace.setdefault(str(part["trace"]), []).append(part)
    runs = [run for each in by_trace.values() if (run := _run(each)) is not None]
    recent = [run for run in runs if run.began >= since * 1e9]
    return sorted(recent, key=lambda run: run.began)[-_MOST:]


def judge(gates: Sequence[Gate], runs: Sequence[Run]) -> list[Verdict]:
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
    parts = [
        f"{word} {each:g}"
        for word, each in (("min", gate.low), ("max", gate.high))
        if each is not None
    ]
    return ", ".join(parts)


def _verdict(gate: Gate, runs: Sequence[Run]) -> Verdict:
    if gate.metric not in METRICS:
        return Verdict(gate, None, f"no past run tells it; known: {', '.join(METRICS)}")
    if not runs:
        return Verdict(gate, None, "no past runs")
    match gate.metric:
        case "cost_usd":
            costs = [run.cost for run in runs if run.cost is not None]
            if len(costs) < len(runs):
                return Verdict(gate, None, "the price of a model is not known")
            return Verdict(gate, fmean(costs))
        case "duration_ms":
            return Verdict(gate, fmean(run.duration for run in runs))
        case "tokens":
            return Verdict(gate, fmean(run.tokens for run in runs))
        case "llm_calls":
            return Verdict(gate, fmean(run.calls for run in runs))
        case "error_rate":
            return Verdict(gate, fmean(run.failed for run in runs))
        case _:
            return Verdict(gate, fmean(not run.failed for run in runs))


def _traces(lines: Iterator[str]) -> Iterator[dict[str, object]]:
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and "trace" in found:
            yield found


def _run(parts: list[dict[str, object]]) -> Run | None:
    """Put the parts of a run together; None if it has not ended, was stopped, or asked no real model."""
    last = parts[-1]
    if any(part.get("simulated") for part in parts) or last.get("status") not in ("ok", "error"):
        return None
    began = min(int(_number(part, "start")) for part in parts)
    is_priced = not any(_number(part, "unpriced") for part in parts)
    return Run(
        began,
        sum(_number(part, "end") - _number(part, "start") for part in parts) / 1e6,
        sum(_number(part, "cost") for part in parts) if is_priced else None,
        sum(_tokens(part) for part in parts),
        sum(int(_number(part, "calls")) for part in parts),
        last.get("status") == "error",
    )


def _tokens(part: dict[str, object]) -> int:
    tokens = part.get("tokens")
    if not isinstance(tokens, dict):
        return 0
    return int(_number(tokens, "input") + _number(tokens, "output"))


def _number(part: dict[str, object], key: str) -> float:
    found = part.get(key)
    return float(found) if isinstance(found, int | float) else 0.0
