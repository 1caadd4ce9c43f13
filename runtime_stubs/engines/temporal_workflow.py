# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What Temporal keeps of a run: one workflow with one activity, tried until it has an end."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

__all__ = ["ACTIVITY", "RunWorkflow"]

ACTIVITY = "run"
# Whoever dies or gives a run back did not fail it; failures that count are not tried again.
_AGAIN = RetryPolicy(
    initial_interval=timedelta(seconds=0.2), maximum_interval=timedelta(seconds=10)
)


@workflow.defn(name="run")
class RunWorkflow:
    """A run."""

    @workflow.run
    async def run(self, order: dict[str, Any], lease: float) -> dict[str, Any]:
        """Have a worker run it; `lease`: seconds without a sign of life until another does."""
        outcome: dict[str, Any] = await workflow.execute_activity(
            ACTIVITY,
            order,
            result_type=dict[str, Any],
            start_to_close_timeout=timedelta(days=365),
            heartbeat_timeout=timedelta(seconds=lease),
            retry_policy=_AGAIN,
        )
        return outcome
