"""A profile for the terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator

from compiler.profile.advice import advise
from compiler.profile.measure import NodeFigures, Profile
from compiler.profile.words import count, money, percent, seconds

_HEAD = ("node", "runs", "times", "calls", "p50", "p95", "critical", "cost", "failed")


def profile_text(profile: Profile) -> str:
    """Return the profile as lines of text."""
    return "".join(f"{line}\n" for line in _lines(profile))


def facts(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield what is said of the runs as a whole, as label and text."""
    span = f"{_when(profile.first)} to {_when(profile.last)}"
    failed = f", {profile.failed} failed" if profile.failed else ""
    yield "runs", f"{profile.runs:,}{failed}, {span if profile.runs > 1 else _when(profile.last)}"
    yield "time of a run", f"{seconds(profile.p50)} (p95 {seconds(profile.p95)})"
    yield "cost of a run", cost(profile.cost, profile.unpriced, profile.calls)
    if profile.path:
        yield "critical path", f"{' -> '.join(profile.path)} ({profile.path_runs} of {profile.runs})"
    bottleneck = profile.bottleneck
    if bottleneck is not None:
        share = percent(bottleneck.critical)
        yield "bottleneck", f"{bottleneck.name}, {share} of the time on the critical path"


def cost(value: float, unpriced: int, calls: float) -> str:
    """Return what model calls cost; those without a known price are named, never counted as free."""
    if not calls:
        return "no paid model calls"
    known = money(value) if value or not unpriced else ""
    missing = f"{count(unpriced, 'call')} unpriced" if unpriced else ""
    return " + ".join(part for part in (known, missing) if part)


def cells(node: NodeFigures) -> tuple[str, ...]:
    """Return the figures of a node in the order of the table's columns."""
    return (
        node.name,
        f"{node.runs:,}",
        f"{node.visits:,}",
        f"{node.calls:,}",
        seconds(node.p50),
        seconds(node.p95),
        percent(node.critical) if not node.is_inner else "",
        cost(node.cost, node.unpriced, node.calls) if node.calls else "",
        f"{node.failures:,}" if node.failures else "",
    )


def head() -> tuple[str, ...]:
    """Return the names of the table's columns."""
    return _HEAD


def _lines(profile: Profile) -> Iterator[str]:
    yield profile.workflow
    labelled = list(facts(profile))
    width = max(len(label) for label, _ in labelled)
    for label, text in labelled:
        yield f"  {label:<{width}}  {text}"
    yield ""
    rows = [_HEAD, *(cells(node) for node in profile.nodes)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    for row in rows:
        first, *rest = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *rest)).rstrip()
    helps = advise(profile)
    if helps:
        yield ""
        yield "what would help"
        for number, advice in enumerate(helps, 1):
            yield f"  {number}. {advice.text}"


def _when(moment: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment / 1e9))
