"""Steps from the attributes that agentc's packages give their spans in MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from compiler.profile.trace import Step

STATUS: Final = {"STATUS_CODE_OK": "ok", "STATUS_CODE_ERROR": "error"}
"""MLflow's codes; a span without one was interrupted: by a person who had to be asked, or cancelled."""


def make_step(
    id: str,
    parent: str | None,
    name: str,
    times: tuple[int, int],
    status: str,
    facts: Mapping[str, object],
) -> Step:
    """Make a step.

    Args:
        times: its start and end in nanoseconds since the epoch.
        status: MLflow's status code.
        facts: its attributes.
    """
    kind = str(facts.get("agentc.kind", ""))
    usage = facts.get("mlflow.chat.tokenUsage")
    tokens = usage if isinstance(usage, Mapping) else {}
    cost = facts.get("agentc.cost_usd")
    model = facts.get("agentc.model")
    return Step(
        id=id,
        parent=parent,
        name=name,
        kind=kind,
        start=times[0],
        end=times[1],
        status=STATUS.get(status, "paused"),
        model=None if model is None else str(model),
        cost=float(cost) if isinstance(cost, int | float) else None,
        input_tokens=int(tokens.get("input_tokens", 0)),
        output_tokens=int(tokens.get("output_tokens", 0)),
        is_free=bool(facts.get("agentc.simulated") or facts.get("agentc.from_cache")),
    )
