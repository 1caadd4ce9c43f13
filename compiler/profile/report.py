"""A profile for browsers and for programs."""

from __future__ import annotations

import json

from compiler.profile.advice import advise
from compiler.profile.gantt import gantt, typical
from compiler.profile.measure import NodeFigures, Profile
from compiler.profile.page import render
from compiler.profile.text import cells, facts, head
from compiler.profile.trace import Trace
from compiler.profile.visits import Ancestors

VERSION = 1
"""Of the JSON form; it grows when a key changes its meaning or goes."""


def profile_json(profile: Profile) -> str:
    """Return a profile as JSON; times in seconds, money in USD."""
    found = {
        "version": VERSION,
        "workflow": profile.workflow,
        "runs": profile.runs,
        "failed": profile.failed,
        "first_ns": profile.first,
        "last_ns": profile.last,
        "seconds": {"p50": profile.p50, "p95": profile.p95, "mean": profile.mean},
        "outside_of_nodes": profile.outside,
        "cost_per_run": profile.cost,
        "calls_per_run": profile.calls,
        "unpriced_calls": profile.unpriced,
        "critical_path": {"nodes": profile.path, "runs": profile.path_runs},
        "bottleneck": profile.bottleneck.name if profile.bottleneck else None,
        "nodes": [_node(node) for node in profile.nodes],
        "advice": [
            {"node": each.node or None, "gain": each.gain, "text": each.text}
            for each in advise(profile)
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def profile_html(profile: Profile, traces: tuple[Trace, ...], ancestors: Ancestors | None) -> str:
    """Return a profile as one HTML page with the picture of a typical run; it loads nothing."""
    return render(
        "page.html.j2",
        profile=profile,
        facts=list(facts(profile)),
        head=head(),
        rows=[cells(node) for node in profile.nodes],
        advice=advise(profile),
        gantt=gantt(typical(traces), ancestors),
    )


def _node(node: NodeFigures) -> dict[str, object]:
    return {
        "name": node.name,
        "runs": node.runs,
        "visits": node.visits,
        "calls": node.calls,
        "seconds": {"p50": node.p50, "p95": node.p95},
        "critical_share": node.critical,
        "saved_if_twice_as_fast": node.saved,
        "cost_per_run": node.cost,
        "unpriced_calls": node.unpriced,
        "failures": node.failures,
        "retries": node.retries,
        "lost_to_retries": node.lost,
        "models": node.models,
        "model_share": node.model_share,
        "most_at_once": node.most_at_once,
        "items_per_visit": node.items_per_visit,
    }
