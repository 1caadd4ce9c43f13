# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The queue in Temporal, and taking runs from it.

A run is one activity, not one for each node: what makes it continue where it stood are its checkpoints.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ApplicationErrorCategory,
    CancelledError,
    WorkflowAlreadyStartedError,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from ..errors import StoreError
from .engine import (
    TOO_LARGE,
    Counts,
    HandedBack,
    LeaseLost,
    Order,
    Outcome,
    RunFailed,
    UnknownRun,
    failure,
    thread_of,
)
from .registry import Registry
from .temporal_workflow import ACTIVITY, RunWorkflow
from .work import Work

__all__ = ["TemporalQueue", "is_out_of_reach", "open_queue", "take_runs"]

LARGEST = 1_900_000  # bytes of a result; Temporal takes two millions, with what it adds
FAILED = ("Failed", "Terminated", "TimedOut")
HERE = "localhost:7233"
WORKFLOWS = 4  # steps of workflows that a worker takes at the same time
STARTS, WAITS = 20, 500  # requests of one client at the same time
PATIENCE = 300.0  # seconds that a server may be out of reach
PAUSE = 2.0
OUT_OF_REACH = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.CANCELLED,
)
TOLD = ApplicationErrorCategory.BENIGN  # Temporal prints no traceback of it: we have told
SETTLING = 0.1  # seconds for the client's threads: one that still ends would abort the interpreter
T = TypeVar("T")


@asynccontextmanager
async def open_queue(name: str, registry: Registry) -> AsyncIterator[TemporalQueue]:
    """Connect."""
    settings = ClientConfig.load_client_connect_config()
    address = settings.setdefault("target_host", HERE)
    try:
        client = await Client.connect(**settings)
    except RuntimeError as error:
        raise StoreError(
            f"no Temporal server answers at {address}: start one, or set TEMPORAL_ADDRESS"
        ) from error
    try:
        yield TemporalQueue(name, client, registry)
    except RPCError as error:
        raise StoreError(f"the Temporal server at {address} failed: {error.message}") from error
    finally:
        await asyncio.sleep(SETTLING)


async def take_runs(queue: TemporalQueue, work: Work, stop: asyncio.Event) -> None:
    """Take runs from the queue until `stop` is set and `work` has come to rest."""

    @activity.defn(name=ACTIVITY)
    async def run(order: dict[str, Any]) -> Outcome:
        beating = asyncio.create_task(_beat())
        running = asyncio.create_task(work.do(cast(Order, order)))
        try:
            return _small(
                await _to_its_end(running, queue, order["id"]), thread_of(cast(Order, order))
            )
        except RunFailed as error:
            raise ApplicationError(
                error.message, error.data, type=error.kind, non_retryable=True, category=TOLD
            ) from error
        except (HandedBack, LeaseLost) as error:
            raise ApplicationError(error.message, type=error.kind, category=TOLD) from error
        finally:
            beating.cancel()

    # Else the client keeps signs of life back until just before it is too late.
    interval = timedelta(seconds=queue.registry.ttl / 4)
    worker = Worker(
        queue.client,
        task_queue=queue.name,
        identity=work.worker,
        workflows=[RunWorkflow],
        activities=[run],
        # The workflow does nothing that could differ from one time to the other.
        workflow_runner=UnsandboxedWorkflowRunner(),
        # Else Temporal would first wait for a dead worker to go on with its workflows.
        max_cached_workflows=0,
        max_concurrent_activities=work.concurrency,
        # Workflows that are only begun must not take the time of runs that go on.
        max_concurrent_workflow_tasks=WORKFLOWS,
        max_heartbeat_throttle_interval=interval,
        default_heartbeat_throttle_interval=interval,
        graceful_shutdown_timeout=timedelta(seconds=work.grace + queue.registry.ttl),
    )
    working = asyncio.create_task(worker.run())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    ending = asyncio.create_task(worker.shutdown())  # takes no more runs from here on
    await work.rest()
    await ending
    await working


async def _to_its_end(running: asyncio.Task[Outcome], queue: TemporalQueue, id: str) -> Outcome:
    """Wait for a run; end it if Temporal says so, unless it only thinks that we are dead.

    Then another attempt waits for the lease of the run, and finds it finished.
    """
    while True:
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            why = activity.cancellation_details()
            is_late = why is not None and (why.timed_out or why.not_found)
            if running.done() or not (is_late and await queue.is_open(id)):
                running.cancel()
                await asyncio.wait([running])
                raise


async def _beat() -> None:
    """Tell Temporal that the worker of this activity is alive."""
    patience = activity.info().heartbeat_timeout or timedelta(seconds=1)
    while True:
        activity.heartbeat()
        await asyncio.sleep(patience.total_seconds() / 4)


def _small(outcome: Outcome, id: str) -> Outcome:
    """Return an outcome that Temporal takes."""
    size = len(json.dumps(outcome))
    if size <= LARGEST:
        return outcome
    message = (
        f"the final state has {size} bytes, more than Temporal takes; `resume --thread {id}` "
        "shows it"
    )
    raise RunFailed({"kind": TOO_LARGE, "message": message, "node": None, "place": None})


class TemporalQueue:
    """An open queue."""

    def __init__(self, name: str, client: Client, registry: Registry) -> None:
        self.name = name
        self.client = client
        self.registry = registry
        # A batch would ask for all its rows at once.
        self._starts = asyncio.Semaphore(STARTS)
        self._waits = asyncio.Semaphore(WAITS)

    async def submit(self, order: Order) -> bool:
        """Add a run."""
        try:
            await self._start(order, WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY)
        except WorkflowAlreadyStartedError:
            if not await self._is_paused(order["id"]):
                return False
            await self._start(order, WorkflowIDReusePolicy.ALLOW_DUPLICATE)
        return True

    async def outcome(self, id: str) -> Outcome:
        """Wait until a run has ended."""
        try:
            async with self._waits:
                return cast(Outcome, await _patiently(self._handle(id).result))
        except WorkflowFailureError as error:
            return _failure(error)
        except RPCError as error:
            raise _translated(error, id) from error

    async def counts(self) -> Counts:
        """Return how many runs there are. Temporal counts with some delay."""
        found = await self.client.count_workflows(
            f'TaskQueue = "{self.name}" GROUP BY ExecutionStatus'
        )
        by_status = {str(each.group_values[0]): each.count for each in found.groups}
        workers = await asyncio.to_thread(self.registry.alive)
        open_runs = by_status.get("Running", 0)
        running = min(sum(each.running for each in workers), open_runs)
        return Counts(
            waiting=open_runs - running,
            running=running,
            finished=by_status.get("Completed", 0),
            failed=sum(by_status.get(each, 0) for each in FAILED),
            cancelled=by_status.get("Canceled", 0),
        )

    async def cancel(self, id: str) -> None:
        """Make a run end."""
        handle = self._handle(id)
        try:
            known = await handle.describe()
            if known.status is WorkflowExecutionStatus.RUNNING:
                await handle.cancel()
        except RPCError as error:
            raise _translated(error, id) from error
        await asyncio.to_thread(self.registry.revoke, id)

    async def ended_before(self, seconds: float, limit: int) -> list[str]:
        """Return runs that ended so many seconds ago."""
        then = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
        query = f'TaskQueue = "{self.name}" AND CloseTime < "{then}"'
        found = self.client.list_workflows(query, limit=limit)
        return [each.id.removeprefix(f"{self.name}:") async for each in found]

    async def forget(self, ids: list[str]) -> None:
        """Delete what the queue keeps of ended runs."""
        from temporalio.api.common.v1 import WorkflowExecution
        from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest

        for id in ids:
            run = WorkflowExecution(workflow_id=self._key(id))
            request = DeleteWorkflowExecutionRequest(
                namespace=self.client.namespace, workflow_execution=run
            )
            try:
                await self.client.workflow_service.delete_workflow_execution(request)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    async def is_open(self, id: str) -> bool:
        """Return whether a run has not ended."""
        known = await _patiently(self._handle(id).describe)
        return known.status is WorkflowExecutionStatus.RUNNING

    def _key(self, id: str) -> str:
        """Return what Temporal calls a run: other workflows may share its namespace."""
        return f"{self.name}:{id}"

    def _handle(self, id: str) -> WorkflowHandle[Any, dict[str, Any]]:
        return self.client.get_workflow_handle(self._key(id), result_type=dict[str, Any])

    async def _start(self, order: Order, again: WorkflowIDReusePolicy) -> None:
        async def start() -> None:
            await self.client.start_workflow(
                RunWorkflow.run,
                args=[order, self.registry.ttl],
                id=self._key(order["id"]),
                task_queue=self.name,
                id_reuse_policy=again,
            )

        async with self._starts:
            await _patiently(start)

    async def _is_paused(self, id: str) -> bool:
        known = await self._handle(id).describe()
        if known.status is not WorkflowExecutionStatus.COMPLETED:
            return False
        return (await self.outcome(id))["status"] == "paused"


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask the server again as long as it is only out of reach."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return await ask()
        except RPCError as error:
            if not is_out_of_reach(error) or time.monotonic() > until:
                raise
            await asyncio.sleep(PAUSE)


def is_out_of_reach(error: Exception) -> bool:
    """Return whether the server does not answer, or has too much to do."""
    return isinstance(error, RPCError) and error.status in OUT_OF_REACH


def _failure(error: WorkflowFailureError) -> Outcome:
    cause = error.cause
    if isinstance(cause, ActivityError) and cause.cause is not None:
        cause = cause.cause
    if isinstance(cause, CancelledError):
        return {"status": "cancelled"}
    if isinstance(cause, ApplicationError) and cause.details:
        return failure(cause.details[0])
    return failure({"kind": type(cause).__name__, "message": str(cause)})


def _translated(error: RPCError, id: str) -> Exception:
    return UnknownRun(id) if error.status is RPCStatusCode.NOT_FOUND else error
